/* What a floating-point format does to softmax: three scores on the line of all exponents, and the two formulas evaluated in that format.
 * spec: {labels: [3 strings], format, shift, gap}
 * The arithmetic is that of the format: every operation is computed in double precision and rounded, to nearest, ties to even. */
lab.define("float-range", (() => {
  const { sum, clamp, softmax } = lab.math, { picture, text, line, rect, circle, axis, scale, fixed } = lab.svg;
  const WIDTH = 480, LEFT = 16, RIGHT = 464, BAND = 30, DEEP = 66, ROWS = 196;
  // significant bits, largest exponent; how far the sliders reach
  const FORMATS = {
    float16: { bits: 11, top: 15, reach: 20, gap: 24, view: [-26, 20] },
    bfloat16: { bits: 8, top: 127, reach: 120, gap: 120, view: [-140, 120] },
    float32: { bits: 24, top: 127, reach: 120, gap: 120, view: [-140, 120] },
    float64: { bits: 53, top: 1023, reach: 900, gap: 900, view: [-1000, 900] },
  };
  const PLACES = [0, -0.35, -1];                                      // where the three scores stand between the largest and the smallest
  const limits = ({ bits, top }) => ({ max: (2 - 2 ** (1 - bits)) * 2 ** top, normal: 2 ** (1 - top), least: 2 ** (1 - top) * 2 ** (1 - bits) });
  const words = new DataView(new ArrayBuffer(8));
  const exponent = (x) => { words.setFloat64(0, x); const e = (words.getUint16(0) >> 4) & 0x7ff; return e === 0 ? -1022 : e - 1023; };
  // x rounded to the format
  function rounder({ bits, top }) {
    if (bits === 53) return (x) => x;
    const { max } = limits({ bits, top });
    return (x) => {
      if (!Number.isFinite(x) || x === 0) return x;
      const unit = 2 ** (Math.max(exponent(Math.abs(x)), 1 - top) - bits + 1), y = x / unit, low = Math.floor(y), rest = y - low;
      const r = (rest > 0.5 || (rest === 0.5 && low % 2 !== 0) ? low + 1 : low) * unit;
      return Math.abs(r) > max ? Math.sign(r) * Infinity : r;
    };
  }
  const ulp = (x, { bits, top }) => 2 ** (Math.max(exponent(Math.abs(x)), 1 - top) - bits + 1);
  // Both formulas in the format, and the exact answer for the scores as the format holds them.
  function evaluate(state) {
    const format = FORMATS[state.format], R = rounder(format);
    const scores = PLACES.map((place) => R(state.shift + place * state.gap)), top = Math.max(...scores);
    const divide = (exps) => { const total = exps.reduce((s, e) => R(s + e), 0); return exps.map((e) => R(e / total)); };
    const exps = scores.map((z) => R(Math.exp(z))), shifted = scores.map((z) => R(z - top));
    const exact = softmax(scores);
    const naive = divide(exps), safe = divide(shifted.map((d) => R(Math.exp(d))));
    const error = (p) => (format.bits === 53 ? NaN : Math.max(...p.map((q, k) => Math.abs(q - exact[k]) / ulp(exact[k], format))));
    return { scores, shifted, exps, naive, safe, exact, naiveError: error(naive), safeError: error(safe) };
  }
  const short = (v) => {
    if (Number.isNaN(v)) return "nan";
    if (!Number.isFinite(v)) return v > 0 ? "∞" : "−∞";
    if (v === 0) return "0";
    if (v >= 0.001 && v < 10000) return v >= 100 ? fixed(v, 0) : fixed(v, v >= 10 ? 1 : v >= 1 ? 2 : 3);
    const [digits, power] = v.toExponential(1).split("e");
    return `${digits}e${power.replace("+", "").replace("-", "−")}`;
  };
  const view = (state) => scale(FORMATS[state.format].view, [LEFT, RIGHT]);
  function bands(state) {
    const x = view(state), { max, normal, least } = limits(FORMATS[state.format]), [low, high] = x.domain;
    const edges = [low, Math.log(least) - Math.LN2, Math.log(normal), Math.log(max), high], names = ["0", "subnormal", "normal numbers", "∞"];
    return edges.slice(1).map((end, i) => {
      const [a, b] = [x(edges[i]), x(end)];
      return rect(a, BAND, b - a, 104, { cls: `lab-c${[8, 4, 2, 1][i]} lab-soft` }) +
        (i === 1 ? text(a, BAND - 9, names[i], { cls: "lab-small" })  // wider than its band
          : text((a + b) / 2, BAND - 9, names[i], { anchor: "middle", cls: "lab-small" }));
    }).join("") + [1, 2, 3].map((i) => line(x(edges[i]), BAND, x(edges[i]), BAND + 104, { cls: "lab-line" })).join("");
  }
  function row(state, values, y, name) {
    const x = view(state);
    return line(LEFT, y, RIGHT, y, { cls: "lab-line" }) + text(LEFT + 4, y - 16, name, { cls: "lab-small lab-over" }) +
      values.map((v, k) => circle(clamp(x(v), LEFT, RIGHT), y, 6.5 - k, { cls: "lab-c" + [0, 3, 9][k] })).reverse().join("");
  }
  function table(state, spec) {
    const { scores, exps, naive, safe, exact } = evaluate(state), columns = [150, 234, 308, 386, 464];
    const head = ["score", "exp", "plain", "shifted", "exact"].map((name, i) => text(columns[i], ROWS, name, { anchor: "end", cls: "lab-small lab-muted" }));
    return head.join("") + line(LEFT, ROWS + 7, RIGHT, ROWS + 7) + spec.labels.map((label, k) => {
      const y = ROWS + 29 + 24 * k, cells = [fixed(scores[k], 1), short(exps[k]), short(naive[k]), short(safe[k]), short(exact[k])];
      return circle(LEFT + 6, y - 5, 6.5 - k, { cls: "lab-c" + [0, 3, 9][k] }) + text(LEFT + 19, y, label) +
        cells.map((cell, i) => text(columns[i], y, cell, { anchor: "end", cls: "lab-number" })).join("");
    }).join("");
  }
  return {
    layout: "stack", rounder: (name) => rounder(FORMATS[name]), evaluate,
    state: (spec) => ({ format: spec.format, shift: spec.shift, gap: spec.gap }),
    controls: (state) => {
      const { reach, gap } = FORMATS[state.format], step = state.format === "float64" ? 1 : 0.1;
      return [
        { id: "format", label: "number format", type: "choice", options: Object.keys(FORMATS).map((name) => [name, name]) },
        { id: "shift", label: "largest score", type: "range", min: -reach, max: reach, step },
        { id: "gap", label: "largest − smallest", type: "range", min: 0, max: gap, step },
      ];
    },
    on: (id, value, state) => {
      const next = { ...state, [id]: value }, { reach, gap } = FORMATS[next.format];
      return { ...next, shift: clamp(next.shift, -reach, reach), gap: clamp(next.gap, 0, gap) };
    },
    handles: (state) => [{ id: "top", x: clamp(view(state)(state.shift), LEFT, RIGHT), y: DEEP, label: "all scores together", value: `largest score ${fixed(state.shift, 1)}` }],
    move: (id, x, y, state) => {
      const { reach } = FORMATS[state.format], step = state.format === "float64" ? 1 : 0.1;
      return { ...state, shift: clamp(Math.round(view(state).invert(x) / step) * step, -reach, reach) };
    },
    draw: (state, spec) => {
      const { scores, shifted } = evaluate(state);
      return picture(WIDTH, ROWS + 86, bands(state), row(state, scores, DEEP, "scores"), row(state, shifted, BAND + 86, "scores − largest"),
        axis("bottom", view(state), BAND + 104, { count: 6 }), table(state, spec));
    },
    describe: (state) => {
      const { exps, naive, safe, exact, naiveError, safeError } = evaluate(state), { max, least } = limits(FORMATS[state.format]);
      const digits = state.format === "float64" ? 1 : 2, ends = `In ${state.format} exp is finite up to ${fixed(Math.log(max), digits)} and zero below ${fixed(Math.log(least) - Math.LN2, digits)}. `;
      const size = (error) => (error < 0.05 ? "below 0.1" : error < 1e4 ? fixed(error, 1) : "over 10,000");
      const lost = (p) => p.some((q, k) => q === 0 && exact[k] > 2 * least);
      const told = (p, error) => (p.some(Number.isNaN) ? "answers nan" : lost(p) ? "turns a probability into 0" : Number.isNaN(error) ? "is right to the digits shown" : `is off by ${size(error)} ulp`);
      const why = exps.some((e) => e === Infinity) ? " (overflow)" : sum(exps) === 0 ? " (0/0)" : naive.every((q) => q === 0) ? " (the sum overflows)" : "";
      return `${ends}The plain formula ${told(naive, naiveError)}${why}; the shifted one ${told(safe, safeError)}.`;
    },
  };
})());
