/* Noise race: every class gets its score plus fresh noise, the largest sum wins. Do the wins follow softmax?
 * spec: {logits: [K numbers], labels: [K strings], noise: "gumbel" | "normal" | "uniform", seed}
 * Play and Step run races; "races a step" says how many. */
lab.define("random-utility", (() => {
  const { softmax, argmax, rng, sum } = lab.math, { picture, text, line, rect, circle, axis, scale, fixed } = lab.svg;
  const WIDTH = 480, LEFT = 92, RIGHT = 462, TOP = 40, LANE = 34, BAR = 34, EULER = 0.5772156649015329;
  const SPREAD = Math.PI / Math.sqrt(6);                             // the standard deviation of Gumbel noise; all three share it
  const LIMITS = [3.841, 5.991, 7.815, 9.488, 11.07];                // chi-square: exceeded 5 % of the time, 1 to 5 degrees of freedom
  const DRAW = {                                                     // all with mean EULER and standard deviation SPREAD
    gumbel: (r) => r.gumbel(), normal: (r) => EULER + SPREAD * r.normal(), uniform: (r) => EULER + SPREAD * Math.sqrt(12) * (r.uniform() - 0.5),
  };
  const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  const logits = (state, spec) => spec.labels.map((_, k) => state["z" + k]);
  const fresh = (state, spec) => ({ ...state, races: 0, wins: spec.labels.map(() => 0), noise: null });

  function statistic(state, spec) {
    const p = softmax(logits(state, spec));
    return sum(p.map((q, k) => (state.wins[k] - state.races * q) ** 2 / (state.races * q)));
  }
  // Enough races for the chi-square approximation: every expected count at least 5.
  const enough = (state, spec) => state.races * Math.min(...softmax(logits(state, spec))) >= 5;

  return {
    state: (spec) => fresh(Object.assign({ law: spec.noise, batch: 1, seed: spec.seed }, ...spec.logits.map((z, k) => ({ ["z" + k]: z }))), spec),
    controls: (state, spec) => [
      ...spec.labels.map((label, k) => ({ id: "z" + k, label: `score of ${label}`, type: "range", min: -3, max: 3, step: 0.1 })),
      { id: "law", label: "noise", type: "choice", options: [["gumbel", "Gumbel"], ["normal", "normal"], ["uniform", "uniform"]] },
      { id: "batch", label: "races a step", type: "choice", options: [[1, "1"], [100, "100"], [10000, "10,000"]] },
    ],
    on: (id, value, state, spec) => (id === "batch" ? { ...state, batch: Number(value) } : fresh({ ...state, [id]: value }, spec)),
    step: (state, spec) => {
      const z = logits(state, spec), wins = [...state.wins], r = rng(state.seed + 7919 * state.races), draw = DRAW[state.law];
      let noise = null;
      for (let i = 0; i < state.batch; i++) {
        noise = z.map(() => draw(r));
        wins[argmax(z.map((v, k) => v + noise[k]))] += 1;
      }
      return { ...state, wins, noise, races: state.races + state.batch };
    },
    draw: (state, spec) => {
      const z = logits(state, spec), p = softmax(z), K = z.length, x = scale([-4, 8], [LEFT, RIGHT]), u = scale([0, 1], [LEFT, RIGHT - 50]);
      const ends = state.noise ? z.map((v, k) => v + state.noise[k]) : z, winner = state.noise ? argmax(ends) : -1;
      const floor = TOP + K * LANE, top = floor + 84, bottom = top + K * BAR + 4, clip = (v) => Math.min(7.9, Math.max(-3.9, v));
      const lanes = z.map((v, k) => {
        const y = TOP + k * LANE + LANE / 2;
        return text(LEFT - 10, y + 5, spec.labels[k], { anchor: "end" }) + line(LEFT, y, RIGHT, y) +
          line(x(v), y - 9, x(v), y + 9, { cls: "lab-line", "stroke-width": 3 }) +
          (state.noise ? line(x(v), y, x(clip(ends[k])), y, { cls: "lab-s" + k, "stroke-width": 3 }) : "") +
          circle(x(clip(ends[k])), y, k === winner ? 9 : 6, { cls: "lab-c" + k }) +
          (k === winner ? text(x(clip(ends[k])) + (ends[k] > 5.6 ? -15 : 15), y - 8, "wins", { anchor: ends[k] > 5.6 ? "end" : "start", cls: "lab-small" }) : "");
      });
      const bars = p.map((q, k) => {
        const y = top + k * BAR, f = state.races ? state.wins[k] / state.races : 0, error = state.races ? 2 * Math.sqrt(q * (1 - q) / state.races) : 0;
        return text(LEFT - 10, y + BAR / 2 + 5, spec.labels[k], { anchor: "end" }) +
          rect(LEFT, y + 6, u(f) - LEFT, BAR - 12, { cls: "lab-c" + k, rx: 2 }) +
          rect(u(Math.max(0, q - error)), y + BAR / 2 - 1, u(Math.min(1, q + error)) - u(Math.max(0, q - error)), 2, { cls: "lab-ink" }) +
          rect(u(q) - 1.25, y + 2, 2.5, BAR - 4, { cls: "lab-ink" }) +
          text(RIGHT, y + BAR / 2 + 5, state.races ? fixed(f, 3) : "–", { anchor: "end", cls: "lab-number" });
      });
      return picture(WIDTH, bottom + 26, text(0, 20, state.noise ? "The last race: score (bar) plus noise (line)" : "The scores, before any race", { cls: "lab-muted" }),
        lanes, axis("bottom", x, floor + 4, { count: 6 }),
        text(0, top - 16, state.races ? "Share of wins. Marks: softmax ± 2 standard errors" : "Share of wins: none yet. Marks: softmax", { cls: "lab-muted" }),
        bars, axis("bottom", u, bottom, { count: 4 }), line(LEFT, top, LEFT, bottom, { cls: "lab-line" }));
    },
    describe: (state, spec) => {
      const p = softmax(logits(state, spec)), list = (one) => spec.labels.map(one).join(", ");
      if (!state.races) return `No race yet. What softmax predicts: ${list((label, k) => `${label} ${fixed(p[k], 3)}`)}.`;
      const head = `${grouped(state.races)} ${state.races === 1 ? "race" : "races"} with ${state.law === "gumbel" ? "Gumbel" : state.law} noise. Share of wins: ` +
        `${list((label, k) => `${label} ${fixed(state.wins[k] / state.races, 3)} (softmax ${fixed(p[k], 3)})`)}. `;
      if (!enough(state, spec)) return head + "Too few races to judge.";
      const value = statistic(state, spec), limit = LIMITS[p.length - 2];
      return head + `Chi-square ${fixed(value, 1)}, limit ${fixed(limit, 1)}: ${value > limit ? "these are not softmax frequencies (wrong in 5 % of fair cases)." : "no sign against softmax."}`;
    },
  };
})());
