/* Where a linear softmax classifier draws its lines: drag a class's weight vector, move its bias, turn the temperature.
 * spec: {points: [N [x, y]], targets: [N], names: [K], features: [2], weights: [2 rows of K], biases: [K], temperature}
 * Play and Step do gradient descent on the mean cross-entropy. */
lab.define("decision-regions", (() => {
  const { softmax, argmax, clamp, clip, dot, sum } = lab.math;
  const { picture, text, line, rect, circle, path, polygon, polyline, axis, scale, fixed } = lab.svg;
  const REACH = 3.2, SIDE = 400, LEFT = 56, TOP = 10, ARROW = 0.5, LIMIT = 6;      // an arrow is drawn at half its length
  const LEVELS = [0.7, 0.9, 0.99], CELLS = 40, SHIFT = [1.6, 0.8], LEARNING_RATE = 1;
  const x = scale([-REACH, REACH], [LEFT, LEFT + SIDE]), y = scale([-REACH, REACH], [TOP + SIDE, TOP]);
  const FRAME = [[-REACH, -REACH], [REACH, -REACH], [REACH, REACH], [-REACH, REACH]];
  const classes = (state) => state.biases.map((_, k) => k);
  const logits = (state, [u, v]) => state.biases.map((b, k) => u * state.weights[0][k] + v * state.weights[1][k] + b);
  const probabilities = (state, point) => softmax(logits(state, point), state.temperature);

  // The sliders steer one class; these two keep them and the weights in step.
  const read = (state) => ({ ...state, first: state.weights[0][state.selected], second: state.weights[1][state.selected], bias: state.biases[state.selected] });
  const write = (state, k, [u, v], b) => read({
    ...state,
    weights: [[u, 0], [v, 1]].map(([value, d]) => state.weights[d].map((w, j) => (j === k ? value : w))),
    biases: state.biases.map((old, j) => (j === k ? b : old)),
  });

  // The region of class k: the frame, cut by one half-plane for every rival.
  const region = (state, k) => classes(state).filter((j) => j !== k).reduce((shape, j) =>
    shape.length ? clip(shape, ...[0, 1].map((d) => state.weights[d][k] - state.weights[d][j]), state.biases[k] - state.biases[j]) : shape, FRAME);
  // The share of the frame that a polygon covers (shoelace formula).
  const area = (shape) => Math.abs(sum(shape.map(([u, v], i) => { const [s, t] = shape[(i + 1) % shape.length]; return u * t - s * v; }))) / 2;

  // Where p_k crosses a level, as segments, from a grid of log-odds log(p / (1 − p)).
  function contour(grid, level) {
    const step = (2 * REACH) / CELLS, at = (i) => -REACH + i * step;
    return lab.math.contour(grid, Math.log(level / (1 - level))).map((segment) => segment.map(([i, j]) => [at(i), at(j)]));
  }
  function logOdds(state) {                                       // one grid for every class
    const step = (2 * REACH) / CELLS, grids = classes(state).map(() => []);
    for (let i = 0; i <= CELLS; i++) {
      grids.forEach((grid) => grid.push([]));
      for (let j = 0; j <= CELLS; j++) {
        const z = logits(state, [-REACH + i * step, -REACH + j * step]);
        grids.forEach((grid, k) => {
          let top = -Infinity, total = 0;
          for (let m = 0; m < z.length; m++) if (m !== k && z[m] > top) top = z[m];
          for (let m = 0; m < z.length; m++) if (m !== k) total += Math.exp((z[m] - top) / state.temperature);
          grid[i].push((z[k] - top) / state.temperature - Math.log(total));
        });
      }
    }
    return grids;
  }
  const trace = (segments) => segments.map(([[a, b], [c, d]]) => `M${x(a).toFixed(1)} ${y(b).toFixed(1)}L${x(c).toFixed(1)} ${y(d).toFixed(1)}`).join("");
  function contourLabel(segments, level) {                         // at the rim of the picture, away from the data
    const rim = ([[a, b], [c, d]]) => Math.max(Math.abs(a + c), Math.abs(b + d));
    const [[a, b], [c, d]] = segments.reduce((best, one) => (rim(one) > rim(best) ? one : best));
    const u = clamp(x((a + c) / 2), LEFT + 22, LEFT + SIDE - 22), v = clamp(y((b + d) / 2), TOP + 11, TOP + SIDE - 11);
    return rect(u - 20, v - 10, 40, 19, { cls: "lab-paper", "fill-opacity": 0.8 }) + text(u, v + 5, `${fixed(100 * level, 0)} %`, { anchor: "middle", cls: "lab-small lab-muted" });
  }

  const MARKS = [                                                 // a shape for every class: color is not the only cue
    (u, v, a) => circle(u, v, 4, a), (u, v, a) => rect(u - 3.5, v - 3.5, 7, 7, a),
    (u, v, a) => polygon([[u, v - 5], [u + 4.7, v + 3.5], [u - 4.7, v + 3.5]], a),
    (u, v, a) => polygon([[u, v - 5], [u + 5, v], [u, v + 5], [u - 5, v]], a),
  ];
  const tip = (state, k) => [x(ARROW * state.weights[0][k]), y(ARROW * state.weights[1][k])];
  function arrow(state, k, name) {
    // The name stands on the far side of the tip, so that two arrows do not write on each other.
    const [u, v] = tip(state, k), wide = 8.4 * name.length + 16, left = u < x(0) - 4 ? u > LEFT + wide : u > LEFT + SIDE - wide;
    const end = left ? ["end", -14] : ["start", 14], low = v > y(0) + 4 ? v < TOP + SIDE - 24 : v < TOP + 24, high = low ? 22 : -10;
    return line(x(0), y(0), u, v, { cls: `lab-s${k}`, "stroke-width": 3.5 }) + circle(u, v, 8, { cls: `lab-c${k}` }) +
      rect(u + end[1] - (end[0] === "end" ? 8.4 * name.length + 2 : 2), v + high - 14, 8.4 * name.length + 4, 19, { cls: "lab-paper", "fill-opacity": 0.75 }) +
      text(u + end[1], v + high, name, { anchor: end[0] });
  }

  function measure(state, spec) {
    let right = 0, loss = 0, confidence = 0;
    spec.points.forEach((point, i) => {
      const z = logits(state, point).map((v) => v / state.temperature), top = Math.max(...z);
      const lse = top + Math.log(sum(z.map((v) => Math.exp(v - top))));
      right += argmax(z) === spec.targets[i]; loss += lse - z[spec.targets[i]]; confidence += Math.exp(top - lse);
    });
    const n = spec.points.length;
    return { accuracy: right / n, loss: loss / n, confidence: confidence / n };
  }

  return {
    state: (spec) => read({ weights: spec.weights, biases: spec.biases, temperature: spec.temperature, selected: 0, shifted: false }),
    controls: (state, spec) => [
      { id: "temperature", label: "temperature", type: "range", min: 0.1, max: 5, step: 0.1 },
      { id: "selected", label: "the sliders below steer", type: "choice", options: spec.names.map((name, k) => [k, name]) },
      { id: "first", label: `weight of ${spec.features[0]}`, type: "range", min: -LIMIT, max: LIMIT, step: 0.1 },
      { id: "second", label: `weight of ${spec.features[1]}`, type: "range", min: -LIMIT, max: LIMIT, step: 0.1 },
      { id: "bias", label: "bias", type: "range", min: -LIMIT, max: LIMIT, step: 0.1 },
      { id: "shifted", label: "add one vector to every class", type: "toggle" },
    ],
    on: (id, value, state) => {
      if (id === "shifted") {
        if (Boolean(value) === state.shifted) return state;
        return read({ ...state, shifted: Boolean(value), weights: state.weights.map((row, d) => row.map((w) => w + (value ? 1 : -1) * SHIFT[d])) });
      }
      const next = { ...state, [id]: value };
      return ["first", "second", "bias"].includes(id) ? write(state, state.selected, [next.first, next.second], next.bias) : read(next);
    },
    handles: (state, spec) => spec.names.map((name, k) => {
      const [u, v] = tip(state, k);
      return { id: k, x: clamp(u, LEFT, LEFT + SIDE), y: clamp(v, TOP, TOP + SIDE), label: `weight vector of ${name}`,
        value: `${fixed(state.weights[0][k], 1)} for ${spec.features[0]}, ${fixed(state.weights[1][k], 1)} for ${spec.features[1]}` };
    }),
    move: (id, u, v, state) => {
      const k = Number(id), weights = [x.invert(u), y.invert(v)].map((w) => clamp(w / ARROW, -LIMIT, LIMIT));
      return write({ ...state, selected: k }, k, weights, state.biases[k]);
    },
    // One step of gradient descent on the mean cross-entropy. Scaled by T², so that it is stable at every temperature.
    step: (state, spec) => {
      const rate = (LEARNING_RATE * state.temperature) / spec.points.length;
      const errors = spec.points.map((point, i) => probabilities(state, point).map((p, k) => p - (k === spec.targets[i])));
      const column = (k) => errors.map((row) => row[k]);
      return read({
        ...state,
        weights: state.weights.map((row, d) => row.map((w, k) => w - rate * dot(spec.points.map((point) => point[d]), column(k)))),
        biases: state.biases.map((b, k) => b - rate * sum(column(k))),
      });
    },
    draw: (state, spec) => {
      const regions = classes(state).map((k) => region(state, k)), widest = argmax(regions.map(area));
      const ground = regions.map((shape, k) => (shape.length < 3 ? "" :
        polygon(shape.map(([u, v]) => [x(u), y(v)]), { cls: `lab-c${k}`, "fill-opacity": 0.15 })));
      const contours = logOdds(state).map((grid, k) => LEVELS.map((level) => {
        const segments = contour(grid, level);
        return segments.length ? path(trace(segments), { cls: `lab-s${k}`, fill: "none", "stroke-width": 1.2 }) + (k === widest ? contourLabel(segments, level) : "") : "";
      }));
      const edges = regions.map((shape) => (shape.length < 3 ? "" :
        polyline([...shape, shape[0]].map(([u, v]) => [x(u), y(v)]), { cls: "lab-line", "stroke-width": 1.6 })));
      const marks = spec.points.map((point, i) => {
        const k = spec.targets[i], wrong = argmax(logits(state, point)) !== k;
        return MARKS[k % MARKS.length](x(point[0]), y(point[1]), { cls: `lab-c${k}` }) +
          (wrong ? circle(x(point[0]), y(point[1]), 7, { cls: "lab-line", fill: "none" }) : "");
      });
      return picture(480, TOP + SIDE + 48, ground, edges, contours, marks, spec.names.map((name, k) => arrow(state, k, name)),
        axis("bottom", x, TOP + SIDE, { count: 6, label: `${spec.features[0]}, in standard deviations` }),
        axis("left", y, LEFT, { count: 6, label: `${spec.features[1]}, in standard deviations` }));
    },
    describe: (state, spec) => {
      const { accuracy, loss, confidence } = measure(state, spec);
      return `Accuracy ${fixed(100 * accuracy, 1)} %, mean cross-entropy ${fixed(loss, 3)} nats, average confidence ${fixed(100 * confidence, 1)} % ` +
        `at temperature ${fixed(state.temperature, 1)}. A ring marks a wrong answer.`;
    },
  };
})());
