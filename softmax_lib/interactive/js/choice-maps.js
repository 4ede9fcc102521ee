/* Four ways to turn three scores into a distribution, side by side on the triangle: softmax, 1.5-entmax, sparsemax, argmax.
 * spec: {logits: [3 numbers], labels: [3 strings], temperature}
 * None of the maps sees a constant added to all scores. So the scores may be moved until they sum to 1, and then they are a
 * point of the triangle's own plane: drag it. Sparsemax is the nearest point of the triangle. Play and Step cool. */
lab.define("choice-maps", (() => {
  const { softmax, argmax, clamp, sum } = lab.math;
  const { picture, text, line, rect, circle, polygon, polyline, fixed } = lab.svg;
  const SIDE = 190, HEIGHT = (SIDE * Math.sqrt(3)) / 2, LEFT = 145, BASE = 250, WIDTH = 480, FLOOR = 392, COLDEST = 0.1, HOTTEST = 4;
  const CORNERS = [[LEFT, BASE], [LEFT + SIDE, BASE], [LEFT + SIDE / 2, BASE - HEIGHT]];
  const at = (b) => [0, 1].map((i) => sum(b.map((v, k) => v * CORNERS[k][i])));
  const center = (z) => { const mean = sum(z) / z.length; return z.map((v) => v - mean); };
  const scorePoint = (z) => at(center(z).map((v) => v + 1 / 3));

  function sparsemax(z) {
    const ranked = [...z].sort((a, b) => b - a);
    let total = 0, threshold = 0;
    ranked.forEach((v, i) => { total += v; if (1 + (i + 1) * v > total) threshold = (total - 1) / (i + 1); });
    return z.map((v) => Math.max(v - threshold, 0));
  }
  function entmax15(z) {
    const top = Math.max(...z), half = z.map((v) => (v - top) / 2), ranked = [...half].sort((a, b) => b - a);
    let total = 0, squares = 0, threshold = -1;
    ranked.forEach((v, i) => {
      total += v; squares += v * v;
      const n = i + 1, mean = total / n, candidate = mean - Math.sqrt(Math.max((1 - squares + n * mean * mean) / n, 0));
      if (candidate <= v) threshold = candidate;
    });
    const above = half.map((v) => Math.max(v - threshold, 0));
    threshold += (sum(above.map((v) => v * v)) - 1) / (2 * sum(above));        // the running sums have rounded: one Newton step
    return half.map((v) => Math.max(v - threshold, 0) ** 2);
  }
  const hard = (z) => z.map((v, k) => (k === argmax(z) ? 1 : 0));
  const MAPS = [["softmax", softmax, 0], ["1.5-entmax", entmax15, 2], ["sparsemax", sparsemax, 1], ["argmax", hard, 8]];
  const outcomes = (state) => MAPS.map(([, map]) => map(state.logits.map((v) => v / state.temperature)));

  // Outside the triangle, lines at right angles to the edges part the plane by the classes that sparsemax keeps.
  function zones() {
    return CORNERS.flatMap(([x, y], k) => [1, 2].map((step) => {
      const other = CORNERS[(k + 3 - step) % 3], third = CORNERS[(k + step) % 3], middle = [(x + third[0]) / 2, (y + third[1]) / 2];
      const [u, v] = [middle[0] - other[0], middle[1] - other[1]], room = (from, by, end) => (by > 1e-9 ? (end - from) / by : by < -1e-9 ? -from / by : 1e9);
      const reach = Math.min(room(x, u, WIDTH), room(y, v, FLOOR));
      return line(x, y, x + reach * u, y + reach * v, { "stroke-dasharray": "3 4" });
    }));
  }
  function road([, map, color], state) {
    const list = Array.from({ length: 121 }, (_, i) => at(map(state.logits.map((v) => v * 0.02 * 1.06 ** i))));
    return polyline([at([1 / 3, 1 / 3, 1 / 3]), ...list], { cls: "lab-s" + color, "stroke-width": 2, "stroke-opacity": 0.6 });
  }
  function table(state, spec) {
    const results = outcomes(state), y = (i) => FLOOR + 36 + 29 * i, x = (k) => 134 + 115 * k;
    const head = spec.labels.map((label, k) => text(x(k), FLOOR + 22, label, { cls: "lab-small" }));
    return head.join("") + results.map((p, i) => circle(9, y(i) + 9, 6, { cls: "lab-c" + MAPS[i][2] }) + text(22, y(i) + 14, MAPS[i][0]) +
      p.map((v, k) => rect(x(k), y(i), 66 * v, 17, { cls: "lab-c" + MAPS[i][2] }) + line(x(k), y(i) - 2, x(k), y(i) + 19, { cls: "lab-line" }) +
        text(x(k) + 66 * v + 5, y(i) + 14, v === 0 ? "0" : v === 1 ? "1" : fixed(v, 2), { cls: "lab-small lab-number" })).join("")).join("");
  }
  return {
    sparsemax, entmax15,
    state: (spec) => ({ logits: center(spec.logits), temperature: spec.temperature, zones: true }),
    controls: () => [
      { id: "temperature", label: "temperature", type: "range", min: COLDEST, max: HOTTEST, step: 0.1 },
      { id: "zones", label: "where sparsemax drops a class", type: "toggle" },
    ],
    handles: (state, spec) => {
      const [x, y] = scorePoint(state.logits);
      return [{ id: "scores", x, y, label: "scores", value: spec.labels.map((label, k) => `${label} ${fixed(state.logits[k], 2)}`).join(", ") }];
    },
    move: (id, x, y, state) => {
      const [a, b] = [clamp(x, 14, WIDTH - 14), clamp(y, 14, FLOOR - 14)], top = (BASE - b) / HEIGHT, right = (a - LEFT) / SIDE - top / 2;
      return { ...state, logits: center([1 - top - right, right, top]) };
    },
    step: (state) => ({ ...state, temperature: state.temperature <= COLDEST + 1e-9 ? HOTTEST : Math.max(COLDEST, state.temperature * 0.96) }),
    draw: (state, spec) => {
      const results = outcomes(state), scaled = state.logits.map((v) => v / state.temperature), [x, y] = scorePoint(scaled);
      const seen = x > 4 && x < WIDTH - 4 && y > 4 && y < FLOOR - 4, [a, b] = at(results[2]), home = scorePoint(state.logits);
      return picture(WIDTH, FLOOR + 156, state.zones ? zones() : "", rect(0, FLOOR, WIDTH, 156, { cls: "lab-paper" }),
        polygon(CORNERS, { cls: "lab-paper lab-line", "stroke-width": 1.6 }), MAPS.slice(0, 3).map((map) => road(map, state)),
        seen ? line(x, y, a, b, { cls: "lab-s1", "stroke-width": 1.5, "stroke-dasharray": "5 4" }) + circle(x, y, 4, { cls: "lab-muted" }) : "",
        seen && Math.hypot(x - home[0], y - home[1]) > 16 ? text(x + 8, y - 7, "z / T", { cls: "lab-small" }) : "",
        circle(...at([1 / 3, 1 / 3, 1 / 3]), 3.5, { cls: "lab-muted" }),
        CORNERS.map(([u, v], k) => text(k === 2 ? u : u + (k ? 14 : -14), k === 2 ? v - 13 : v + 21, spec.labels[k], { anchor: ["end", "start", "middle"][k] })),
        circle(...at(results[3]), 10, { cls: "lab-s8", fill: "none", "stroke-width": 2.5 }),
        [2, 1, 0].map((i) => circle(...at(results[i]), 6.5, { cls: "lab-c" + MAPS[i][2] })),
        text(home[0] + (home[0] > 400 ? -14 : 14), home[1] + 5, "scores z", { anchor: home[0] > 400 ? "end" : "start" }), table(state, spec));
    },
    describe: (state, spec) => {
      const list = (values, digits) => spec.labels.map((label, k) => `${label} ${values[k] === 0 ? "0" : fixed(values[k], digits)}`).join(", ");
      const results = outcomes(state);
      return `Scores ${list(state.logits, 2)}, temperature ${fixed(state.temperature, 1)}. ` +
        MAPS.slice(0, 3).map(([name], i) => `${name[0].toUpperCase() + name.slice(1)}: ${list(results[i], 3)}. `).join("") + `Argmax: ${spec.labels[argmax(state.logits)]}.`;
    },
  };
})());
