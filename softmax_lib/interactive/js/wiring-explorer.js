/* Choose an output and a loss, drag three logits, and see the loss and its gradient beside the right one, p − y.
 * The losses are Keras': probabilities clipped to [1e-7, 1 − 1e-7] and normalized, or logits; on TensorFlow Keras looks
 * through a softmax or sigmoid output and takes the logits behind it (recover).
 * spec: {logits: [3 numbers], labels: [3 strings], target, output, loss, recover} */
lab.define("wiring-explorer", (() => {
  const { softmax, logsumexp, sigmoid, clamp, dot, sum } = lab.math;
  const { picture, text, rect, line, circle, axis, scale, fixed } = lab.svg;
  const EPSILON = 1e-7, REACH = 30, X = [136, 250, 364];
  const Z = scale([-REACH, REACH], [232, 40]), G = scale([-1, 1], [426, 310]);
  const OUTPUTS = [["softmax", "softmax"], ["none", "nothing: the logits"], ["twice", "softmax twice"], ["sigmoid", "a sigmoid each"]];
  const LOSSES = [["probabilities", "cross-entropy of probabilities"], ["logits", "cross-entropy, from_logits=True"], ["squared", "mean squared error"]];
  const ends = {   // output: value and vector-Jacobian product, and the scores that Keras on TensorFlow finds behind it
    softmax: (z) => { const p = softmax(z); return { out: p, pull: (g) => back(p, g), behind: z, pullBehind: (g) => g }; },
    none: (z) => ({ out: z, pull: (g) => g, behind: null }),
    twice: (z) => {
      const p = softmax(z), q = softmax(p);
      return { out: q, pull: (g) => back(p, back(q, g)), behind: p, pullBehind: (g) => back(p, g) };
    },
    sigmoid: (z) => { const s = z.map(sigmoid); return { out: s, pull: (g) => g.map((v, k) => v * s[k] * (1 - s[k])), behind: z, pullBehind: (g) => g }; },
  };
  const back = (p, g) => { const mean = dot(p, g); return p.map((v, k) => v * (g[k] - mean)); };
  const losses = {   // loss: value and gradient at its input
    probabilities: (out, t) => {
      const c = out.map((v) => clamp(v, EPSILON, 1 - EPSILON)), total = sum(c);
      return [Math.log(total) - Math.log(c[t]), out.map((v, k) => (v > EPSILON && v < 1 - EPSILON ? 1 / total - (k === t ? 1 / c[t] : 0) : 0))];
    },
    logits: (out, t) => [logsumexp(out) - out[t], softmax(out).map((v, k) => v - (k === t ? 1 : 0))],
    squared: (out, t) => [sum(out.map((v, k) => (v - (k === t ? 1 : 0)) ** 2)) / out.length, out.map((v, k) => (2 * (v - (k === t ? 1 : 0))) / out.length)],
  };
  const logits = (state) => [state.z0, state.z1, state.z2];
  function measure(state) {
    const z = logits(state), t = Number(state.target), end = ends[state.output](z);
    const recovered = Boolean(state.recover && end.behind && state.loss !== "squared");
    const [loss, slope] = recovered ? losses.logits(end.behind, t) : losses[state.loss](end.out, t);
    const gradient = (recovered ? end.pullBehind : end.pull)(slope), right = losses.logits(z, t)[1];
    return { output: end.out, recovered, loss, gradient, norm: Math.hypot(...gradient), right, rightLoss: losses.logits(z, t)[0], rightNorm: Math.hypot(...right) };
  }
  return {
    measure,
    state: (spec) => ({ z0: spec.logits[0], z1: spec.logits[1], z2: spec.logits[2], target: spec.target, output: spec.output, loss: spec.loss, recover: spec.recover }),
    controls: (state, spec) => [
      { id: "output", label: "the network ends in", type: "choice", options: OUTPUTS },
      { id: "loss", label: "the loss", type: "choice", options: LOSSES },
      { id: "target", label: "the true class", type: "choice", options: spec.labels.map((label, k) => [k, label]) },
      { id: "recover", label: "Keras looks behind the output (TensorFlow)", type: "toggle" },
      ...spec.labels.map((label, k) => ({ id: "z" + k, label: `logit, ${label}`, type: "range", min: -REACH, max: REACH, step: 0.5 })),
    ],
    handles: (state, spec) => logits(state).map((z, k) => ({ id: String(k), x: X[k], y: Z(z), label: `logit of ${spec.labels[k]}`, value: fixed(z, 1) })),
    move: (id, x, y, state) => ({ ...state, ["z" + id]: Math.round(2 * clamp(Z.invert(y), -REACH, REACH)) / 2 }),
    draw: (state, spec) => {
      const now = measure(state), z = logits(state), t = Number(state.target);
      const top = z.map((v, k) => line(X[k], Z(0), X[k], Z(v), { cls: "lab-s" + k, "stroke-width": 5 }) + circle(X[k], Z(v), 8, { cls: "lab-c" + k }) +
        text(X[k], 256, spec.labels[k] + (k === t ? " (true)" : ""), { anchor: "middle" }) +
        text(X[k] + 14, Z(v) + 5, fixed(now.output[k], 3), { cls: "lab-small" }));
      const bar = (v, x, a) => { const y = G(clamp(v, -1, 1)); return rect(x, Math.min(y, G(0)), 30, Math.max(1, Math.abs(y - G(0))), a); };
      const bottom = z.map((v, k) => bar(now.gradient[k], X[k] - 32, { cls: "lab-c" + k }) +
        bar(now.right[k], X[k] + 4, { cls: "lab-line", fill: "none", "stroke-dasharray": "4 3" }) +
        text(X[k], 446, fixed(now.gradient[k], 3), { anchor: "middle", cls: "lab-small" }));
      return picture(480, 456, text(96, 22, "drag the logits; the output beside each", { cls: "lab-small lab-muted" }), axis("left", Z, 84, { count: 6, grid: 376 }), top,
        text(96, 294, "slope: filled this wiring, dashed p − y", { cls: "lab-small lab-muted" }),
        axis("left", G, 84, { count: 2, grid: 376 }), line(84, G(0), 460, G(0), { cls: "lab-line" }), bottom);
    },
    describe: (state) => {
      const now = measure(state), total = sum(now.output), proper = now.output.every((v) => v >= 0) && Math.abs(total - 1) < 1e-6;
      return `Loss ${fixed(now.loss, 3)}, length of its gradient ${fixed(now.norm, 4)}; the cross-entropy of these logits is ${fixed(now.rightLoss, 3)}, ` +
        `with a gradient of length ${fixed(now.rightNorm, 4)}.` + (now.recovered ? " Keras took the scores behind the output." : "") +
        (proper ? "" : ` The outputs are no probabilities: they sum to ${fixed(total, 3)}.`);
    },
  };
})());
