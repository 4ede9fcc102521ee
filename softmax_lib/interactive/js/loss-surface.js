/* The loss of a two-class softmax regression with one feature, as a landscape over its weight w and bias b, and the
 * walk of gradient descent or Newton's method from a start that the reader drags.
 * spec: {feature: [N], targets: [N of 0 or 1], start: [w, b], ridge, name}; the logits are (0, w x + b). */
lab.define("loss-surface", (() => {
  const { sigmoid, sum, clamp, contour } = lab.math;
  const { picture, text, line, rect, circle, path, polyline, axis, scale, fixed } = lab.svg;
  const LEFT = 56, TOP = 10, WIDE = 400, HIGH = 300, W = [-4, 6], B = [-8, 6], CELLS = 72, STEPS = 40;
  const STRIP = [TOP + HIGH + 80, TOP + HIGH + 160], FLOOR = 1e-6;         // the small plot of the gap below
  const x = scale(W, [LEFT, LEFT + WIDE]), y = scale(B, [TOP + HIGH, TOP]);
  const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

  // What the model sees: the raw feature, or the feature with mean 0 and variance 1.
  function feature(state, spec) {
    if (!state.standardize) return spec.feature;
    const n = spec.feature.length, mean = sum(spec.feature) / n;
    const sd = Math.sqrt(sum(spec.feature.map((v) => (v - mean) ** 2)) / n);
    return spec.feature.map((v) => (v - mean) / sd);
  }
  const loss = (u, spec, [w, b]) =>
    sum(u.map((v, i) => softplus(w * v + b) - spec.targets[i] * (w * v + b))) / u.length + 0.5 * spec.ridge * w * w;
  // Gradient [g_w, g_b] and Hessian [h_ww, h_wb, h_bb]
  function derivatives(u, spec, [w, b]) {
    const out = { g: [spec.ridge * w, 0], h: [spec.ridge, 0, 0] }, n = u.length;
    u.forEach((v, i) => {
      const p = sigmoid(w * v + b), r = (p - spec.targets[i]) / n, c = (p * (1 - p)) / n;
      out.g[0] += r * v; out.g[1] += r;
      out.h[0] += c * v * v; out.h[1] += c * v; out.h[2] += c;
    });
    return out;
  }
  const largest = ([a, b, c]) => (a + c) / 2 + Math.hypot((a - c) / 2, b);   // top eigenvalue of [[a, b], [b, c]]
  // No p (1 - p) exceeds 1/4, so no curvature anywhere exceeds this.
  const lipschitz = (u, spec) => largest([sum(u.map((v) => v * v)), sum(u), u.length].map((v) => v / u.length / 4)) + spec.ridge;
  function newton(u, spec, [w, b]) {
    const { g, h } = derivatives(u, spec, [w, b]), det = h[0] * h[2] - h[1] * h[1];
    return [w - (h[2] * g[0] - h[1] * g[1]) / det, b - (h[0] * g[1] - h[1] * g[0]) / det];
  }
  function minimum(u, spec) {                                      // Newton with halved steps: always arrives
    let at = [0, 0];
    for (let i = 0; i < 60; i++) {
      const goal = newton(u, spec, at);
      let t = 1, next = goal;
      while (loss(u, spec, next) > loss(u, spec, at) && t > 1e-9) { t /= 2; next = at.map((v, d) => v + t * (goal[d] - v)); }
      if (Math.hypot(next[0] - at[0], next[1] - at[1]) < 1e-13) break;
      at = next;
    }
    return at;
  }
  function walk(u, spec, state) {
    const rate = state.rate / lipschitz(u, spec), out = [[state.w, state.b]];
    for (let i = 0; i < STEPS; i++) {
      const at = out[i];
      const { g } = derivatives(u, spec, at);
      const next = state.method === "newton" ? newton(u, spec, at) : [at[0] - rate * g[0], at[1] - rate * g[1]];
      if (!next.every((v) => Number.isFinite(v) && Math.abs(v) < 1e6)) break;
      out.push(next);
    }
    return out;
  }
  function solve(state, spec) {
    const u = feature(state, spec), best = minimum(u, spec), steps = walk(u, spec, state);
    const floor = loss(u, spec, best), gaps = steps.map((p) => loss(u, spec, p) - floor);
    return { u, best, steps, floor, gaps, bound: lipschitz(u, spec), curvature: largest(derivatives(u, spec, best).h) };
  }

  // The start and the rate do not change the landscape: it is computed once for each kind of feature.
  const known = new WeakMap();
  function landscape(state, spec, u, floor) {
    if (!known.has(spec)) known.set(spec, {});
    return (known.get(spec)[state.standardize] ??= contours(u, spec, floor));
  }
  function contours(u, spec, floor) {
    const at = (range, i) => range[0] + ((range[1] - range[0]) * i) / CELLS, grid = [];
    for (let i = 0; i <= CELLS; i++) { grid.push([]); for (let j = 0; j <= CELLS; j++) grid[i].push(loss(u, spec, [at(W, i), at(B, j)])); }
    return [0.01, 0.03, 0.1, 0.3, 0.6, 1, 2, 4, 8, 16].map((gap) => {
      const d = contour(grid, floor + gap).map(([[a, b], [c, e]]) =>
        `M${x(at(W, a)).toFixed(1)} ${y(at(B, b)).toFixed(1)}L${x(at(W, c)).toFixed(1)} ${y(at(B, e)).toFixed(1)}`).join("");
      return path(d, { cls: "lab-s5", fill: "none", "stroke-width": 1.2, "stroke-opacity": clamp(0.9 - 0.13 * Math.log2(1 + 8 * gap), 0.25, 0.9) });
    }).join("");
  }
  function strip(gaps) {                                           // the gap to the lowest loss, on a logarithmic axis
    const across = scale([0, STEPS], [LEFT, LEFT + WIDE]), level = (v) => Math.log10(clamp(v, FLOOR, 10));
    const up = scale([-6, 1], [STRIP[1], STRIP[0]]);
    const ticks = [-6, -3, 0].map((e) => line(LEFT, up(e), LEFT + WIDE, up(e)) +
      text(LEFT - 7, up(e) + 4.5, e ? `1e−${-e}` : "1", { anchor: "end", cls: "lab-small lab-muted" })).join("");
    return ticks + text(LEFT, STRIP[0] - 10, "loss above the lowest") + axis("bottom", across, STRIP[1], { count: 4, label: "step" }) +
      polyline(gaps.map((v, i) => [across(i), up(level(v))]), { cls: "lab-s1", "stroke-width": 2.5 });
  }

  return {
    state: (spec) => ({ w: spec.start[0], b: spec.start[1], rate: 1, method: "descent", standardize: false }),
    controls: (state) => [
      { id: "method", label: "method", type: "choice", options: [["descent", "gradient descent"], ["newton", "Newton"]] },
      ...(state.method === "descent" ? [{ id: "rate", label: "step × L", type: "range", min: 0.1, max: 12, step: 0.1 }] : []),
      { id: "w", label: "start w", type: "range", min: W[0], max: W[1], step: 0.1 },
      { id: "b", label: "start b", type: "range", min: B[0], max: B[1], step: 0.1 },
      { id: "standardize", label: "standardize the feature", type: "toggle" },
    ],
    draw(state, spec) {
      const { u, best, steps, floor, gaps } = solve(state, spec);
      // Beyond the frame a path is cut: nothing is drawn outside the landscape.
      const inside = steps.findIndex(([w, b]) => w < W[0] || w > W[1] || b < B[0] || b > B[1]);
      const seen = inside < 0 ? steps : steps.slice(0, inside), [bw, bb] = [x(best[0]), y(best[1])];
      return picture(480, STRIP[1] + 48,
        landscape(state, spec, u, floor), axis("bottom", x, TOP + HIGH, { label: "weight w" }), axis("left", y, LEFT, { label: "bias b" }),
        rect(LEFT, TOP, WIDE, HIGH, { cls: "lab-grid", "fill-opacity": 0 }),
        path(`M${bw - 7} ${bb - 7}L${bw + 7} ${bb + 7}M${bw - 7} ${bb + 7}L${bw + 7} ${bb - 7}`, { cls: "lab-s2", "stroke-width": 3 }),
        polyline(seen.map(([w, b]) => [x(w), y(b)]), { cls: "lab-s1", "stroke-width": 2 }),
        seen.slice(1).map(([w, b]) => circle(x(w), y(b), 2.6, { cls: "lab-c1" })),
        strip(gaps));
    },
    describe(state, spec) {
      const { steps, gaps, bound, curvature, floor } = solve(state, spec), last = gaps[gaps.length - 1];
      const size = state.method === "newton" ? "Newton" : `gradient descent with step ${(state.rate / bound).toPrecision(2)}`;
      if (steps.length <= STEPS || last > 2 * Math.max(gaps[0], 1)) return `${size} diverges: after ${steps.length - 1} step${steps.length > 2 ? "s" : ""} the loss is ${fixed(last + floor, 1)}.`;
      const gap = last < 1e-12 ? "less than 1e−12" : last < 0.001 ? last.toExponential(1).replace("-", "−") : last.toPrecision(2);
      return `${STEPS} steps of ${size} end ${gap} above the lowest loss, ${fixed(floor, 3)}. ` +
        `L = ${fixed(bound, 2)} bounds the curvature everywhere; at the minimum it is ${fixed(curvature, 3)}.`;
    },
    handles: (state) => [{ id: "start", x: x(state.w), y: y(state.b), label: "start of the walk", value: `w ${fixed(state.w, 1)}, b ${fixed(state.b, 1)}` }],
    move: (id, px, py, state) => ({ ...state, w: +clamp(x.invert(px), ...W).toFixed(2), b: +clamp(y.invert(py), ...B).toFixed(2) }),
  };
})());
