/* A test image under stress: shift it, blur it, change its contrast, add noise; a linear softmax model answers at once.
 * spec: {side, images: base64 bytes, labels: [class of each image], names: [K strings], root: is the feature √pixel?,
 *        weights: base64 int8 (K × side²), scales: [K numbers a weight step], bias: [K numbers]} */
lab.define("garment-stress", (() => {
  const { softmax, entropy, argmax, rng, clamp } = lab.math, { picture, text, rect, line, path, axis, scale, fixed } = lab.svg;
  const CELL = 7, LEFT = 8, TOP = 8, REACH = 8, LEVELS = 12, BARS = 322, END = 432;
  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const bytes = (code) => {
    const out = new Uint8Array(Math.floor((code.replace(/=+$/, "").length * 3) / 4));
    for (let i = 0, bits = 0, held = 0, at = 0; i < code.length && code[i] !== "="; i++) {
      held = (held << 6) | ALPHABET.indexOf(code[i]); bits += 6;
      if (bits >= 8) { bits -= 8; out[at++] = (held >> bits) & 255; }
    }
    return out;
  };
  const decoded = new WeakMap();                 // a specification is decoded once, not once a frame
  const open = (spec) => {
    if (!decoded.has(spec)) decoded.set(spec, { images: bytes(spec.images), weights: new Int8Array(bytes(spec.weights).buffer) });
    return decoded.get(spec);
  };
  const kernel = (sigma) => {
    const reach = Math.ceil(3 * sigma), taps = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2));
    const total = taps.reduce((a, b) => a + b);
    return [reach, taps.map((t) => t / total)];
  };
  // along rows (step 1) or columns (step n); what lies outside the picture is empty
  const blurred = (pixels, n, sigma, step) => {
    const [reach, taps] = kernel(sigma);
    return pixels.map((_, i) => {
      const at = step === 1 ? i % n : Math.floor(i / n);
      let total = 0;
      for (let d = -reach; d <= reach; d++) if (at + d >= 0 && at + d < n) total += taps[d + reach] * pixels[i + d * step];
      return total;
    });
  };
  function stressed(state, spec) {
    const n = spec.side, all = open(spec).images, start = Number(state.image) * n * n;
    let pixels = Array.from({ length: n * n }, (_, i) => {
      const row = Math.floor(i / n) - state.down, column = (i % n) - state.right;
      return row >= 0 && row < n && column >= 0 && column < n ? all[start + row * n + column] / 255 : 0;
    });
    if (state.blur > 0) pixels = blurred(blurred(pixels, n, state.blur, 1), n, state.blur, n);
    const random = rng(state.seed);
    return pixels.map((v) => clamp(clamp(v * state.contrast, 0, 1) + (state.noise > 0 ? state.noise * random.normal() : 0), 0, 1));
  }
  const features = (pixels, spec) => (spec.root ? pixels.map(Math.sqrt) : pixels);
  function answer(state, spec) {
    const pixels = stressed(state, spec), x = features(pixels, spec), { weights } = open(spec), size = x.length;
    const logits = spec.bias.map((b, k) => {
      let total = 0;
      for (let i = 0; i < size; i++) total += x[i] * weights[k * size + i];
      return b + total * spec.scales[k];
    });
    return { pixels, x, logits, p: softmax(logits) };
  }
  // what each pixel adds to the lead of the first class over the second
  function evidence({ x, p }, spec) {
    const { weights } = open(spec), first = argmax(p), second = argmax(p.map((q, k) => (k === first ? -1 : q)));
    const weight = (k, i) => weights[k * x.length + i] * spec.scales[k];
    return { second, values: x.map((v, i) => v * (weight(first, i) - weight(second, i))) };
  }
  // one path a gray level: runs of equal cells, so that a frame is a dozen elements instead of 784
  function cells(values, n, levels, cls) {
    const runs = Array.from({ length: levels + 1 }, () => "");
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n;) {
        const level = Math.round(values[row * n + column] * levels), from = column;
        while (column < n && Math.round(values[row * n + column] * levels) === level) column++;
        if (level > 0) runs[level] += `M${LEFT + from * CELL} ${TOP + row * CELL}h${(column - from) * CELL}v${CELL}h${(from - column) * CELL}z`;
      }
    }
    return runs.map((d, level) => d && path(d, { cls, "fill-opacity": level / levels, "shape-rendering": "crispEdges" }));
  }
  const value = (p) => (p > 0.9995 ? "> 0.999" : p < 0.0005 ? "< 0.001" : fixed(p, 3));
  return {
    state: (spec) => ({ image: "0", right: 0, down: 0, blur: 0, contrast: 1, noise: 0, seed: 1, view: "image" }),
    controls: (state, spec) => [
      { id: "image", label: "garment", type: "choice", options: spec.labels.map((k, i) => [String(i), spec.names[k]]) },
      { id: "right", label: "right", type: "range", min: -REACH, max: REACH, step: 1, unit: "px" },
      { id: "down", label: "down", type: "range", min: -REACH, max: REACH, step: 1, unit: "px" },
      { id: "blur", label: "blur", type: "range", min: 0, max: 3, step: 0.5, unit: "px" },
      { id: "contrast", label: "contrast", type: "range", min: 0.1, max: 2.5, step: 0.1, unit: "×" },
      { id: "noise", label: "noise", type: "range", min: 0, max: 0.5, step: 0.02 },
      { id: "view", label: "show", type: "choice", options: [["image", "the image"], ["evidence", "what decides"]] },
    ],
    draw: (state, spec) => {
      const n = spec.side, width = n * CELL, result = answer(state, spec), { p } = result, top = argmax(p), row = 23;
      const x = scale([0, 1], [BARS, END]), bottom = TOP + p.length * row;
      let inside;
      if (state.view === "evidence") {
        const { second, values } = evidence(result, spec), most = Math.max(1e-9, ...values.map(Math.abs));
        inside = [cells(values.map((v) => Math.max(0, v / most)), n, LEVELS, "lab-c" + (top % 10)),
          cells(values.map((v) => Math.max(0, -v / most)), n, LEVELS, "lab-c" + (second % 10))];
      } else inside = cells(result.pixels, n, LEVELS, "lab-ink");
      const truth = spec.labels[Number(state.image)];
      const bars = p.map((q, k) => {
        const y = TOP + k * row;
        return text(BARS - 8, y + row / 2 + 5, spec.names[k], { anchor: "end", "font-weight": k === truth ? 700 : undefined }) +
          rect(BARS, y + 4, x(q) - BARS, row - 8, { cls: "lab-c" + (k % 10), rx: 2 }) +
          (q >= 0.05 ? text(x(q) + 5, y + row / 2 + 5, value(q), { cls: "lab-number lab-small" }) : "");
      });
      return picture(480, bottom + 24, rect(LEFT, TOP, width, width, { cls: "lab-grid", fill: "none" }), inside,
        text(LEFT, TOP + width + 24, `true class: ${spec.names[truth]}`, { cls: "lab-small" }),
        axis("bottom", x, bottom, { count: 2, grid: bottom - TOP }), bars, line(BARS, TOP, BARS, bottom, { cls: "lab-line" }));
    },
    describe: (state, spec) => {
      const result = answer(state, spec), { p } = result, top = argmax(p), truth = spec.labels[Number(state.image)];
      const verdict = `${spec.names[top]} with probability ${value(p[top])}: ` +
        (top === truth ? "right." : `wrong, the label says ${spec.names[truth]} (${value(p[truth])}).`);
      if (state.view === "evidence") {
        const { second } = evidence(result, spec);
        return `${verdict} Colors speak for ${spec.names[top]} or for ${spec.names[second]}.`;
      }
      return `${verdict} Entropy ${fixed(entropy(p), 2)} nats.`;
    },
    handles: (state, spec) => {
      const middle = (spec.side * CELL) / 2;
      return [{ id: "garment", x: LEFT + middle + state.right * CELL, y: TOP + middle + state.down * CELL, label: "the garment: drag or use the arrow keys to shift it",
        value: `${state.right} pixels right, ${state.down} pixels down` }];
    },
    move: (id, x, y, state, spec) => {
      const middle = (spec.side * CELL) / 2, pixels = (v) => clamp(Math.round(v / CELL), -REACH, REACH) + 0;
      return { ...state, right: pixels(x - LEFT - middle), down: pixels(y - TOP - middle) };
    },
  };
})());
