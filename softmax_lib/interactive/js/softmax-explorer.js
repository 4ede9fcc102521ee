/* Scores in, probabilities out: one slider a score, and one for the temperature.
 * spec: {logits: [K numbers], labels: [K strings], temperature, shift?: true for a slider that moves all scores} */
lab.define("softmax-explorer", (() => {
  const { softmax, entropy, argmax } = lab.math, { picture, text, rect, line, axis, scale, fixed } = lab.svg;
  const WIDTH = 480, LEFT = 92, RIGHT = 426, TOP = 58;
  const logits = (state, spec) => spec.labels.map((_, k) => state["z" + k] + (state.shift || 0));
  const probabilities = (state, spec) => softmax(logits(state, spec), state.temperature);
  const value = (p) => (p > 0.9995 && p < 1 ? "> 0.999" : p > 0 && p < 0.0005 ? "< 0.001" : fixed(p, 3));
  return {
    state: (spec) => Object.assign({ temperature: spec.temperature || 1 }, spec.shift ? { shift: 0 } : {}, ...spec.logits.map((z, k) => ({ ["z" + k]: z }))),
    controls: (state, spec) => {
      const reach = Math.max(5, Math.ceil(Math.max(...spec.logits.map(Math.abs))));
      return [...spec.labels.map((label, k) => ({ id: "z" + k, label, type: "range", min: -reach, max: reach, step: 0.1 })),
        ...(spec.shift ? [{ id: "shift", label: "added to all", type: "range", min: -5, max: 5, step: 0.1 }] : []),
        { id: "temperature", label: "temperature", type: "range", min: 0.1, max: 5, step: 0.1 }];
    },
    draw: (state, spec) => {
      const p = probabilities(state, spec), row = p.length > 5 ? 26 : 36, bottom = TOP + p.length * row + 4, x = scale([0, 1], [LEFT, RIGHT]);
      let start = 0;
      const strip = p.map((q, k) => { const part = rect(x(start), 12, x(start + q) - x(start), 18, { cls: "lab-c" + (k % 10) }); start += q; return part; });
      const bars = p.map((q, k) => {
        const y = TOP + k * row;
        return text(LEFT - 10, y + row / 2 + 5, spec.labels[k], { anchor: "end" }) +
          rect(LEFT, y + 4, x(q) - LEFT, row - 8, { cls: "lab-c" + (k % 10), rx: 2 }) +
          text(x(q) + 7, y + row / 2 + 5, value(q), { cls: "lab-number" });
      });
      return picture(WIDTH, bottom + 26, text(LEFT - 10, 26, "all of it", { anchor: "end", cls: "lab-muted" }), strip,
        axis("bottom", x, bottom, { count: 4, grid: bottom - TOP + 4 }), bars, line(LEFT, TOP - 4, LEFT, bottom, { cls: "lab-line" }));
    },
    describe: (state, spec) => {
      const p = probabilities(state, spec), top = argmax(p);
      const moved = state.shift ? `Scores ${logits(state, spec).map((z) => fixed(z, 1)).join(", ")}. ` : "";
      return moved + `Top class: ${spec.labels[top]}, with probability ${value(p[top])}. Entropy ${fixed(entropy(p), 3)} nats, ` +
        `of at most ${fixed(Math.log(p.length), 3)} for ${p.length} classes.`;
    },
  };
})());
