/* A walker on a ring of states: it steps to a neighbor, always when that is better, sometimes when it is worse.
 * How long does it stay where? spec: {logits: [K numbers], labels: [K strings], temperature, seed} */
lab.define("metropolis-walk", (() => {
  const { softmax, rng, sum } = lab.math, { picture, text, line, rect, circle, axis, scale, fixed } = lab.svg;
  const WIDTH = 480, LEFT = 56, RIGHT = 470, HILL = 120, FLOOR = 160, TOP = 216, BOTTOM = 376;
  const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  const count = (spec) => spec.logits.length;
  const fresh = (state, spec) => ({ ...state, moves: 0, refused: 0, visits: spec.logits.map(() => 0), last: "" });

  // The transition matrix: propose one of the two neighbors on the ring, accept with probability min(1, exp(difference / T)).
  function matrix(spec, T) {
    const K = count(spec), z = spec.logits, P = z.map(() => z.map(() => 0));
    z.forEach((_, i) => {
      for (const j of [(i + 1) % K, (i + K - 1) % K]) P[i][j] += 0.5 * Math.min(1, Math.exp((z[j] - z[i]) / T));
      P[i][i] += 1 - sum(P[i]);
    });
    return P;
  }
  // Gaussian elimination with pivoting: the solution X of A X = B.
  function solve(A, B) {
    const n = A.length, M = A.map((row, i) => [...row, ...B[i]]);
    for (let c = 0; c < n; c++) {
      let top = c;
      for (let i = c + 1; i < n; i++) if (Math.abs(M[i][c]) > Math.abs(M[top][c])) top = i;
      [M[c], M[top]] = [M[top], M[c]];
      for (let i = 0; i < n; i++) if (i !== c) { const f = M[i][c] / M[c][c]; for (let j = c; j < M[i].length; j++) M[i][j] -= f * M[c][j]; }
    }
    return M.map((row, i) => row.slice(n).map((v) => v / row[i]));
  }
  // Long-run variance of each visit frequency: n Var → p_k (2 Z_kk − 1 − p_k), Z = (I − P + 1 p^T)^(−1).
  function variances(spec, T) {
    const p = softmax(spec.logits, T), eye = p.map((_, i) => p.map((__, j) => +(i === j)));
    const Z = solve(matrix(spec, T).map((row, i) => row.map((v, j) => eye[i][j] - v + p[j])), eye);
    return p.map((q, k) => q * (2 * Z[k][k] - 1 - q));
  }

  return {
    state: (spec) => fresh({ at: 0, temperature: spec.temperature, batch: 1, seed: spec.seed }, spec),
    controls: () => [
      { id: "temperature", label: "temperature", type: "range", min: 0.2, max: 4, step: 0.1 },
      { id: "batch", label: "moves a step", type: "choice", options: [[1, "1"], [50, "50"], [2000, "2,000"]] },
    ],
    on: (id, value, state, spec) => (id === "batch" ? { ...state, batch: Number(value) } : fresh({ ...state, [id]: value }, spec)),
    step: (state, spec) => {
      const K = count(spec), z = spec.logits, visits = [...state.visits], r = rng(state.seed + 7919 * (state.moves + 1));
      let { at, refused, last } = state;
      for (let n = 0; n < state.batch; n++) {
        const to = (at + (r.uniform() < 0.5 ? 1 : K - 1)) % K, chance = Math.min(1, Math.exp((z[to] - z[at]) / state.temperature));
        const yes = r.uniform() < chance;
        last = `${spec.labels[at]} to ${spec.labels[to]}: chance ${fixed(chance, 2)}, ${yes ? "accepted" : "refused"}`;
        if (yes) at = to; else refused += 1;
        visits[at] += 1;
      }
      return { ...state, at, visits, refused, last, moves: state.moves + state.batch };
    },
    draw: (state, spec) => {
      const K = count(spec), z = spec.logits, p = softmax(z, state.temperature), error = variances(spec, state.temperature);
      const low = Math.min(...z), span = Math.max(...z) - low || 1, width = (RIGHT - LEFT) / K, center = (k) => LEFT + width * (k + 0.5);
      const most = Math.max(...p, 0.2), y = scale([0, Math.min(1, most * 1.25)], [BOTTOM, TOP]), ground = (k) => FLOOR - ((Math.max(...z) - z[k]) / span) * HILL;
      const land = z.map((v, k) => rect(LEFT + width * k, ground(k), width, FLOOR - ground(k) + 2, { cls: "lab-c8 lab-soft" }) +
        line(LEFT + width * k, ground(k), LEFT + width * (k + 1), ground(k), { cls: "lab-line", "stroke-width": 2 }));
      const bars = p.map((q, k) => {
        const f = state.moves ? state.visits[k] / state.moves : 0, e = state.moves ? 2 * Math.sqrt(error[k] / state.moves) : 0;
        return rect(center(k) - width * 0.32, y(Math.min(f, y.domain[1])), width * 0.64, BOTTOM - y(Math.min(f, y.domain[1])), { cls: "lab-c" + k, rx: 2 }) +
          rect(center(k) - 1, y(Math.min(y.domain[1], q + e)), 2, y(Math.max(0, q - e)) - y(Math.min(y.domain[1], q + e)), { cls: "lab-ink" }) +
          rect(center(k) - width * 0.42, y(q) - 1.25, width * 0.84, 2.5, { cls: "lab-ink" }) +
          text(center(k), BOTTOM + 20, spec.labels[k], { anchor: "middle" });
      });
      return picture(WIDTH, BOTTOM + 32, text(0, 16, state.last || "Energy of each state; the walker starts on the left", { cls: "lab-muted" }), land,
        circle(center(state.at), ground(state.at) - 11, 9, { cls: "lab-c" + state.at }),
        text(0, TOP - 18, state.moves ? "Share of time. Marks: softmax(−E/T) ± 2 standard errors" : "Share of time: no move yet. Marks: softmax(−E/T)", { cls: "lab-muted" }),
        axis("left", y, LEFT, { count: 4, grid: RIGHT - LEFT }), bars);
    },
    describe: (state, spec) => {
      const p = softmax(spec.logits, state.temperature), error = variances(spec, state.temperature);
      if (!state.moves) return `No move yet. Softmax predicts: ${spec.labels.map((label, k) => `${label} ${fixed(p[k], 3)}`).join(", ")}.`;
      const far = Math.max(...p.map((q, k) => Math.abs(state.visits[k] / state.moves - q) / Math.sqrt(error[k] / state.moves)));
      return `${grouped(state.moves)} ${state.moves === 1 ? "move" : "moves"}, ${fixed((100 * state.refused) / state.moves, 0)} % refused. Share of time: ` +
        `${spec.labels.map((label, k) => `${label} ${fixed(state.visits[k] / state.moves, 3)}`).join(", ")}; the farthest lies ${fixed(far, 1)} standard errors from softmax.`;
    },
  };
})());
