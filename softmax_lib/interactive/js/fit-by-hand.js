/* Softmax regression that refits while its data are moved: drag a point, and the regions follow.
 * spec: {points: [N [x, y]], targets: [N], names: [K], features: [2], logC: log10 of the inverse penalty, chosen: index of the point in hand}
 * The fit minimizes sum of cross-entropies + ||W||² / (2 C), intercepts free, by Newton's method. */
lab.define("fit-by-hand", (() => {
  const { softmax, logsumexp, argmax, clamp, clip, sum, dot } = lab.math;
  const { picture, text, line, rect, circle, path, polygon, polyline, axis, scale, fixed } = lab.svg;
  const REACH = 4, SIDE = 400, LEFT = 56, TOP = 10, CELLS = 32, LEVELS = [0.7, 0.9, 0.99];
  const x = scale([-REACH, REACH], [LEFT, LEFT + SIDE]), y = scale([-REACH, REACH], [TOP + SIDE, TOP]);
  const FRAME = [[-REACH, -REACH], [REACH, -REACH], [REACH, REACH], [-REACH, REACH]];
  const logits = (theta, [u, v]) => theta.map((t) => t[0] * u + t[1] * v + t[2]);

  // ------------------------------------------------------------ Newton's method
  function objective(theta, state, spec, C) {
    const losses = state.points.map((point, i) => { const z = logits(theta, point); return logsumexp(z) - z[spec.targets[i]]; });
    return sum(losses) + sum(theta.map((t) => t[0] * t[0] + t[1] * t[1])) / (2 * C);
  }
  // Gradient and Hessian. The last line of the Hessian keeps the intercepts' sum at zero, which no data can determine.
  function derivatives(theta, state, spec, C) {
    const K = theta.length, gradient = Array(3 * K).fill(0), hessian = gradient.map(() => Array(3 * K).fill(0));
    state.points.forEach((point, i) => {
      const p = softmax(logits(theta, point)), features = [...point, 1];
      for (let k = 0; k < K; k++) for (let d = 0; d < 3; d++) {
        gradient[3 * k + d] += features[d] * (p[k] - (k === spec.targets[i]));
        for (let m = 0; m < K; m++) {
          const share = features[d] * p[k] * ((k === m) - p[m]);
          for (let e = 0; e < 3; e++) hessian[3 * k + d][3 * m + e] += share * features[e];
        }
      }
    });
    for (let k = 0; k < K; k++) {
      for (let d = 0; d < 2; d++) { gradient[3 * k + d] += theta[k][d] / C; hessian[3 * k + d][3 * k + d] += 1 / C; }
      for (let m = 0; m < K; m++) hessian[3 * k + 2][3 * m + 2] += 1;
    }
    return { gradient, hessian };
  }
  function solve(matrix, right) {                                  // Gaussian elimination with row exchange
    const rows = matrix.map((row, i) => [...row, right[i]]), n = rows.length;
    for (let c = 0; c < n; c++) {
      let best = c;
      for (let r = c + 1; r < n; r++) if (Math.abs(rows[r][c]) > Math.abs(rows[best][c])) best = r;
      [rows[c], rows[best]] = [rows[best], rows[c]];
      for (let r = c + 1; r < n; r++) {
        const factor = rows[r][c] / rows[c][c];
        for (let j = c; j <= n; j++) rows[r][j] -= factor * rows[c][j];
      }
    }
    const out = Array(n).fill(0);
    for (let c = n - 1; c >= 0; c--) out[c] = (rows[c][n] - sum(out.map((v, j) => (j > c ? rows[c][j] * v : 0)))) / rows[c][c];
    return out;
  }
  function refit(state, spec) {
    const C = 10 ** state.logC;
    let theta = state.theta || spec.names.map(() => [0, 0, 0]), value = objective(theta, state, spec, C), iterations = 0;
    for (; iterations < 60; iterations++) {
      const { gradient, hessian } = derivatives(theta, state, spec, C);
      if (Math.max(...gradient.map(Math.abs)) < 1e-10) break;
      const step = solve(hessian, gradient), slope = dot(step, gradient);
      let length = 1, next, reached;
      do {                                                         // a full step unless it overshoots
        next = theta.map((t, k) => t.map((v, d) => v - length * step[3 * k + d]));
        reached = objective(next, state, spec, C);
        length /= 2;
      } while (reached > value - 1e-4 * length * slope + 1e-13 * Math.abs(value) && length > 1e-9);
      const moved = value - reached;
      theta = next; value = reached;
      if (moved === 0 && slope < 1e-14) break;
    }
    return { ...state, theta, value, iterations };
  }

  // ------------------------------------------------------------ the picture
  const region = (theta, k) => theta.reduce((shape, other, j) => (j === k || !shape.length ? shape :
    clip(shape, theta[k][0] - other[0], theta[k][1] - other[1], theta[k][2] - other[2])), FRAME);
  const at = (i) => -REACH + (2 * REACH * i) / CELLS;
  function surfaces(theta) {                                       // log-odds log(p / (1 − p)) of every class on a grid
    const grids = theta.map(() => []);
    for (let i = 0; i <= CELLS; i++) for (let j = 0; j <= CELLS; j++) {
      const z = logits(theta, [at(i), at(j)]);
      grids.forEach((grid, k) => { (grid[i] = grid[i] || []).push(z[k] - logsumexp(z.filter((_, m) => m !== k))); });
    }
    return grids;
  }
  function contour(grid, level) {                                  // marching squares
    const goal = Math.log(level / (1 - level)), out = [];
    for (let i = 0; i < CELLS; i++) for (let j = 0; j < CELLS; j++) {
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]], crossings = [];
      corners.forEach(([a, b], n) => {
        const [c, d] = corners[(n + 1) % 4], s = grid[a][b] - goal, t = grid[c][d] - goal;
        if ((s < 0) !== (t < 0)) { const r = s / (s - t); crossings.push([at(a + (c - a) * r), at(b + (d - b) * r)]); }
      });
      for (let n = 0; n + 1 < crossings.length; n += 2) out.push(`M${x(crossings[n][0]).toFixed(1)} ${y(crossings[n][1]).toFixed(1)}L${x(crossings[n + 1][0]).toFixed(1)} ${y(crossings[n + 1][1]).toFixed(1)}`);
    }
    return out.join("");
  }
  const MARKS = [                        // larger than the handle on top; a shape for every class: color is not the only cue
    (u, v, a) => circle(u, v, 13, a), (u, v, a) => rect(u - 12, v - 12, 24, 24, a),
    (u, v, a) => polygon([[u, v - 19], [u + 16.5, v + 11], [u - 16.5, v + 11]], a),
    (u, v, a) => polygon([[u, v - 17], [u + 17, v], [u, v + 17], [u - 17, v]], a),
  ];
  const name = (spec, i) => `${spec.names[spec.targets[i]]}, point ${i + 1}`;
  const size = (theta) => Math.sqrt(sum(theta.map((t) => t[0] * t[0] + t[1] * t[1])));

  return {
    state: (spec) => refit({ points: spec.points, logC: spec.logC, chosen: 0 }, spec),
    controls: (state, spec) => [
      { id: "logC", label: "log10 of C", type: "range", min: -3, max: 4, step: 0.1 },
      { id: "chosen", label: "point in hand", type: "choice", options: spec.points.map((_, i) => [i, name(spec, i)]) },
    ],
    on: (id, value, state, spec) => refit({ ...state, [id]: value }, spec),
    handles: (state, spec) => state.points.map((point, i) => ({ id: i, x: x(point[0]), y: y(point[1]), label: name(spec, i),
      value: `${fixed(point[0], 1)} across, ${fixed(point[1], 1)} up` })),
    move: (id, u, v, state, spec) => {
      const to = [x.invert(u), y.invert(v)].map((value) => clamp(value, -REACH, REACH));
      return refit({ ...state, chosen: Number(id), points: state.points.map((point, i) => (i === Number(id) ? to : point)) }, spec);
    },
    draw: (state, spec) => {
      const { theta } = state, shapes = theta.map((_, k) => region(theta, k));
      const ground = shapes.map((shape, k) => (shape.length < 3 ? "" : polygon(shape.map(([u, v]) => [x(u), y(v)]), { cls: `lab-c${k}`, "fill-opacity": 0.15 })));
      const contours = surfaces(theta).map((grid, k) => LEVELS.map((level) => path(contour(grid, level), { cls: `lab-s${k}`, fill: "none", "stroke-width": 1.1 })));
      const edges = shapes.map((shape) => (shape.length < 3 ? "" : polyline([...shape, shape[0]].map(([u, v]) => [x(u), y(v)]), { cls: "lab-line", "stroke-width": 1.6 })));
      const marks = state.points.map((point, i) => {
        const k = spec.targets[i], wrong = argmax(logits(theta, point)) !== k;
        const mark = (look) => MARKS[k % MARKS.length](x(point[0]), y(point[1]), look);
        return mark({ cls: `lab-c${k}`, "fill-opacity": 0.85 }) + (i === state.chosen ? mark({ fill: "none", style: "stroke: var(--lab-ink)", "stroke-width": 4.5 }) : "") +
          (wrong ? circle(x(point[0]), y(point[1]), 21, { cls: "lab-line", fill: "none", "stroke-width": 1.6 }) : "");
      });
      return picture(480, TOP + SIDE + 48, ground, contours, edges, marks,
        axis("bottom", x, TOP + SIDE, { count: 8, label: spec.features[0] }), axis("left", y, LEFT, { count: 8, label: spec.features[1] }));
    },
    describe: (state, spec) => {
      const right = state.points.filter((point, i) => argmax(logits(state.theta, point)) === spec.targets[i]).length;
      const point = state.points[state.chosen], p = softmax(logits(state.theta, point)), own = spec.targets[state.chosen];
      return `Refitted: ${right} of ${state.points.length} right, size of the weights ${fixed(size(state.theta), 2)}. ` +
        `The point in hand (${spec.names[own]}, outlined) has probability ${fixed(p[own], 3)} for its own class. A wide ring marks a wrong answer.`;
    },
  };
})());
