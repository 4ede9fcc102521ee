/* A soft maximum and its slope: T lse(z / T) for one score x among K - 1 rivals at 0, between its two bounds; below, softmax.
 * spec: {position, temperature, classes}
 * Drag x along the curve; Play and Step cool. */
lab.define("soft-maximum", (() => {
  const { logsumexp, softmax, dot, clamp, linspace } = lab.math;
  const { picture, text, line, circle, polygon, polyline, axis, scale, fixed } = lab.svg;
  const X = scale([-3, 3], [48, 462]), Y = scale([-1, 6.5], [272, 34]), S = scale([0, 1], [430, 322]), COLDEST = 0.1, HOTTEST = 1.5;
  const scores = (x, classes) => [x, ...Array(classes - 1).fill(0)];
  function measure(state, x = state.position) {
    const z = scores(x, state.classes), T = state.temperature, hard = Math.max(x, 0);
    const soft = T * logsumexp(z.map((v) => v / T)), p = softmax(z, T);
    return { hard, soft, upper: hard + T * Math.log(state.classes), mean: dot(p, z), slope: p[0] };
  }
  return {
    measure,
    state: (spec) => ({ position: spec.position, temperature: spec.temperature, classes: spec.classes, mean: false }),
    controls: () => [
      { id: "temperature", label: "temperature", type: "range", min: COLDEST, max: HOTTEST, step: 0.05 },
      { id: "position", label: "score x", type: "range", min: -3, max: 3, step: 0.05 },
      { id: "classes", label: "classes (all others score 0)", type: "choice", options: [[2, "2"], [3, "3"], [10, "10"]] },
      { id: "mean", label: "the mean score, a soft maximum from below", type: "toggle" },
    ],
    handles: (state) => [{ id: "x", x: X(state.position), y: Y(measure(state).soft), label: "score x", value: fixed(state.position, 2) }],
    move: (id, x, y, state) => ({ ...state, position: clamp(X.invert(x), -3, 3) }),
    step: (state) => ({ ...state, temperature: state.temperature <= COLDEST + 1e-9 ? HOTTEST : Math.max(COLDEST, state.temperature * 0.97) }),
    draw: (state) => {
      const grid = linspace(-3, 3, 121), all = grid.map((x) => measure(state, x)), now = measure(state), x = X(state.position);
      const curve = (name, f = Y) => grid.map((v, i) => [X(v), f(all[i][name])]);
      const place = all[24];
      return picture(480, 474, axis("left", Y, 48, { count: 6, grid: 414 }), axis("left", S, 48, { count: 2, grid: 414 }),
        axis("bottom", X, 430, { count: 6, label: "score x" }),
        polygon([...curve("upper"), ...curve("hard").reverse()], { cls: "lab-c0 lab-soft" }),
        line(x, Y(6.5), x, 430, { cls: "lab-line", "stroke-dasharray": "3 4" }),
        polyline([[X(-3), Y(0)], [X(0), Y(0)], [X(3), Y(3)]], { cls: "lab-line", "stroke-width": 2.5 }),
        state.mean ? polyline(curve("mean"), { cls: "lab-s1", "stroke-width": 2.5 }) : "", polyline(curve("soft"), { cls: "lab-s0", "stroke-width": 3 }),
        text(48, 16, "the maximum; the soft maximum in its band", { cls: "lab-small" }),
        text(X(-1.8), Y(place.upper) - 6, "max + T log K", { anchor: "middle", cls: "lab-small" }),
        state.mean ? text(X(1.5), Y(measure(state, 1.5).mean) + 24, "mean score", { cls: "lab-small lab-c1" }) : "",
        text(48, 312, "their slopes: a step, and softmax", { cls: "lab-small" }),
        polyline([[X(-3), S(0)], [X(0), S(0)], [X(0), S(1)], [X(3), S(1)]], { cls: "lab-line", "stroke-width": 2.5 }),
        polyline(curve("slope", S), { cls: "lab-s0", "stroke-width": 3 }),
        circle(x, Y(now.hard), 4, { cls: "lab-muted" }), circle(x, Y(now.upper), 4, { cls: "lab-muted" }),
        circle(x, Y(now.soft), 7, { cls: "lab-c0" }), circle(x, S(now.slope), 6, { cls: "lab-c0" }));
    },
    describe: (state) => {
      const m = measure(state);
      return `x = ${fixed(state.position, 2)}, temperature ${fixed(state.temperature, 2)}, ${state.classes} classes: the maximum is ${fixed(m.hard, 3)}, ` +
        `the soft maximum ${fixed(m.soft, 3)}, its upper bound ${fixed(m.upper, 3)}; the mean score is ${fixed(m.mean, 3)}. The slope, softmax of x, is ${fixed(m.slope, 3)}.`;
    },
  };
})());
