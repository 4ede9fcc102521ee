/* The Gibbs variational formula on the triangle of three classes: <q, z> + T H(q) is largest at q = softmax(z / T).
 * spec: {logits: [3 numbers], labels: [3 strings], temperature, start: [3 probabilities]}
 * Drag q; Play and Step climb by exponentiated-gradient ascent. */
lab.define("gibbs-simplex", (() => {
  const { softmax, logsumexp, entropy, kl, dot, sum, clamp } = lab.math;
  const { picture, text, line, rect, circle, path, polygon, polyline, scale, fixed } = lab.svg;
  const SIDE = 380, LEFT = 50, BASE = 366, HEIGHT = SIDE * Math.sqrt(3) / 2, LEAST = 0.002, RATE = 0.15, CELLS = 36;
  const GAPS = [0.02, 0.1, 0.3, 0.6, 1, 1.5];
  const CORNERS = [[LEFT, BASE], [LEFT + SIDE, BASE], [LEFT + SIDE / 2, BASE - HEIGHT]];
  const place = (q) => [0, 1].map((d) => sum(q.map((v, k) => v * CORNERS[k][d])));
  const logits = (state) => [state.z0, state.z1, state.z2];
  const best = (state) => softmax(logits(state), state.temperature);
  const inside = (q) => { const kept = q.map((v) => clamp(v, LEAST, 1)), total = sum(kept); return kept.map((v) => v / total); };
  const point = (x, y) => { const top = (BASE - y) / HEIGHT, right = (x - LEFT) / SIDE - top / 2; return inside([1 - top - right, right, top]); };

  function measure(state) {
    const z = logits(state), T = state.temperature, q = state.q;
    const score = dot(q, z), spread = T * entropy(q), bound = T * logsumexp(z.map((v) => v / T));
    return { score, spread, value: score + spread, bound, gap: T * kl(q, best(state)) };
  }
  // Lines of equal gap T KL(q || p): marching triangles over a grid of the simplex.
  function contours(state) {
    const p = best(state), T = state.temperature, n = CELLS, out = GAPS.map(() => "");
    const node = (i, j) => { const q = inside([n - i - j, i, j].map((v) => v / n)); return { at: place([n - i - j, i, j].map((v) => v / n)), gap: T * kl(q, p) }; };
    const nodes = Array.from({ length: n + 1 }, (_, i) => Array.from({ length: n + 1 - i }, (_, j) => node(i, j)));
    const cut = (triangle) => GAPS.forEach((level, g) => {
      const hits = [];
      triangle.forEach((a, m) => {
        const b = triangle[(m + 1) % 3];
        if ((a.gap < level) !== (b.gap < level)) {
          const r = (level - a.gap) / (b.gap - a.gap);
          hits.push(`${(a.at[0] + r * (b.at[0] - a.at[0])).toFixed(1)} ${(a.at[1] + r * (b.at[1] - a.at[1])).toFixed(1)}`);
        }
      });
      if (hits.length === 2) out[g] += `M${hits[0]}L${hits[1]}`;
    });
    for (let i = 0; i < n; i++) for (let j = 0; i + j < n; j++) {
      cut([nodes[i][j], nodes[i + 1][j], nodes[i][j + 1]]);
      if (i + j + 2 <= n) cut([nodes[i + 1][j], nodes[i + 1][j + 1], nodes[i][j + 1]]);
    }
    return out;
  }

  return {
    state: (spec) => ({ z0: spec.logits[0], z1: spec.logits[1], z2: spec.logits[2], temperature: spec.temperature, q: inside(spec.start) }),
    controls: (state, spec) => [
      { id: "temperature", label: "temperature", type: "range", min: 0.1, max: 4, step: 0.1 },
      ...spec.labels.map((label, k) => ({ id: "z" + k, label: `score of ${label}`, type: "range", min: -3, max: 3, step: 0.1 })),
    ],
    handles: (state) => {
      const [x, y] = place(state.q);
      return [{ id: "q", x, y, label: "your distribution q", value: state.q.map((v) => fixed(v, 2)).join(", ") }];
    },
    move: (id, x, y, state) => ({ ...state, q: point(x, y) }),
    // Exponentiated gradient: add RATE / T times the gradient z − T (log q + 1) to log q, then normalize.
    step: (state) => ({ ...state, q: inside(softmax(state.q.map((v, k) => Math.log(v) + RATE * (logits(state)[k] / state.temperature - Math.log(v))))) }),
    draw: (state, spec) => {
      const p = best(state), m = measure(state), [qx, qy] = place(state.q), [px, py] = place(p);
      const road = Array.from({ length: 61 }, (_, i) => place(softmax(logits(state), 0.05 * 1000 ** (i / 60))));
      const names = [["middle", 0, 22], ["middle", 0, 22], ["middle", 0, -10]].map(([anchor, dx, dy], k) =>
        text(CORNERS[k][0] + dx, CORNERS[k][1] + dy, spec.labels[k], { anchor }));
      const x = scale([Math.min(0, ...logits(state)), Math.max(m.bound, 0.5)], [150, 440]), y = BASE + 50;
      const bar = (i, name, from, to, cls) => text(0, y + 24 * i + 15, `${name} ${fixed(to - from, 2)}`, { cls: "lab-small" }) +
        rect(Math.min(x(from), x(to)), y + 24 * i, Math.abs(x(to) - x(from)), 20, { cls });
      const strip = bar(0, "score", 0, m.score, "lab-c0") + bar(1, "+ T × entropy", m.score, m.value, "lab-c2") + bar(2, "+ gap", m.value, m.bound, "lab-c1") +
        line(x(0), y - 4, x(0), y + 72, { cls: "lab-line" }) + line(x(m.bound), y - 4, x(m.bound), y + 72, { cls: "lab-line", "stroke-width": 2, "stroke-dasharray": "4 3" }) +
        text(x(m.bound), y + 90, `= T lse(z/T) ${fixed(m.bound, 2)}`, { anchor: x(m.bound) > 330 ? "end" : "middle" });
      return picture(480, y + 98, polygon(CORNERS, { cls: "lab-paper lab-line" }),
        contours(state).map((d) => (d ? path(d, { cls: "lab-s8", fill: "none", "stroke-width": 1, "stroke-opacity": 0.55 }) : "")),
        polyline(road, { cls: "lab-s0", "stroke-width": 2, "stroke-dasharray": "5 4" }), names,
        circle(px, py, 8, { cls: "lab-c1" }), text(px + (px > 330 ? -13 : 13), py + 5, "softmax", { anchor: px > 330 ? "end" : "start" }),
        circle(qx, qy, 7, { cls: "lab-ink" }), text(qx - (qx < 150 ? -14 : 14), qy - 10, "q", { anchor: qx < 150 ? "start" : "end" }), strip);
    },
    describe: (state, spec) => {
      const m = measure(state);
      return `q gives ${spec.labels.map((label, k) => `${label} ${fixed(state.q[k], 3)}`).join(", ")}: score ${fixed(m.score, 3)} plus T times entropy ` +
        `${fixed(m.spread, 3)} is ${fixed(m.value, 3)}. The bound T lse(z/T) is ${fixed(m.bound, 3)}; the gap ${fixed(m.gap, 3)} is T times KL(q, softmax).`;
    },
  };
})());
