/* The probability simplex of three classes: drag a point, follow its temperature path, see what the Jacobian does everywhere.
 * spec: {logits: [3 numbers], labels: [3 strings], temperature}
 * The arrows are the field q -> J(q) v = q (v - <q, v>). With v = the scores, the temperature path is the flow line through the point.
 * Play and Step cool the point down. */
lab.define("simplex-flow", (() => {
  const { softmax, entropy, argmax, clamp, dot, sum } = lab.math;
  const { picture, text, line, rect, circle, polygon, polyline, path, fixed } = lab.svg;
  const LEFT = 44, TOP = 40, SIDE = 392, HEIGHT = (SIDE * Math.sqrt(3)) / 2, UNIT = SIDE / Math.SQRT2;      // UNIT: pixels for length 1 in R³
  const COLDEST = 0.1, HOTTEST = 5, CELLS = 9, EDGE = 1e-3, ARROW = 0.32;
  const CORNERS = [[LEFT, TOP + HEIGHT], [LEFT + SIDE, TOP + HEIGHT], [LEFT + SIDE / 2, TOP]];
  const at = (p) => [0, 1].map((i) => sum(p.map((v, k) => v * CORNERS[k][i])));
  const center = (z) => { const mean = sum(z) / z.length; return z.map((v) => v - mean); };
  const apply = (p, v) => { const mean = dot(p, v); return p.map((q, k) => q * (v[k] - mean)); };             // J(p) v
  const current = (state) => softmax(state.logits, state.temperature);
  const unit = (v) => { const norm = Math.sqrt(dot(v, v)); return norm > 1e-9 ? v.map((w) => w / norm) : null; };
  const direction = (state) => unit(center(state.field === "own" ? state.logits : [0, 1, 2].map((k) => (k === Number(state.field) ? 1 : 0))));

  // The two eigenvalues of J(p) that are not zero: their sum is 1 − Σp², the sum of the 2×2 minors 3 p₁p₂p₃.
  function eigenvalues(p) {
    const trace = 1 - dot(p, p), root = Math.sqrt(Math.max(0, trace * trace - 12 * p[0] * p[1] * p[2]));
    return [(trace + root) / 2, (trace - root) / 2];
  }
  function arrow([x, y], [dx, dy]) {
    const size = Math.hypot(dx, dy);
    if (size < 2) return `M${x.toFixed(1)} ${y.toFixed(1)}l0.1 0`;                                           // nothing moves here: a dot
    const head = Math.min(7, 0.45 * size), [u, v] = [dx / size, dy / size], [a, b] = [x + dx / 2, y + dy / 2];
    const wing = (s) => `M${a.toFixed(1)} ${b.toFixed(1)}L${(a - head * (u - s * 0.55 * v)).toFixed(1)} ${(b - head * (v + s * 0.55 * u)).toFixed(1)}`;
    return `M${(x - dx / 2).toFixed(1)} ${(y - dy / 2).toFixed(1)}L${a.toFixed(1)} ${b.toFixed(1)}${wing(1)}${wing(-1)}`;
  }
  function field(v) {
    if (!v) return "";
    const marks = [];
    for (let i = 1; i < CELLS; i++) for (let j = 1; i + j < CELLS; j++) {
      const q = [i / CELLS, j / CELLS, (CELLS - i - j) / CELLS], [x, y] = at(q), [a, b] = at(q.map((w, k) => w + apply(q, v)[k]));
      marks.push(arrow([x, y], [ARROW * (a - x), ARROW * (b - y)]));
    }
    return path(marks.join(""), { cls: "lab-s5", fill: "none", "stroke-width": 1.7, "stroke-linecap": "round" });
  }
  function grid() {
    const lines = [];
    for (let n = 1; n < 5; n++) for (let k = 0; k < 3; k++) {
      const a = [0, 0, 0], b = [0, 0, 0];
      a[k] = b[k] = n / 5; a[(k + 1) % 3] = b[(k + 2) % 3] = 1 - n / 5;
      lines.push(line(...at(a), ...at(b)));
    }
    return lines;
  }
  function temperaturePath(state) {
    const betas = [0, ...Array.from({ length: 90 }, (_, i) => 0.02 * 1.09 ** i)];
    return polyline(betas.map((beta) => at(softmax(state.logits.map((z) => z * beta)))), { cls: "lab-s9", "stroke-width": 3 });
  }
  // A few temperatures along the path. A name stands across the path from its dot, above it if there is room, and covers nothing.
  function marks(state) {
    const held = at(current(state)), dots = [at([1 / 3, 1 / 3, 1 / 3])], names = [];
    const shown = [[4, "4"], [2, "2"], [1, "1"], [0.5, "½"], [0.25, "¼"]].map(([t, name]) => ({ name, spot: at(softmax(state.logits, t)), next: at(softmax(state.logits, 0.9 * t)) }))
      .filter(({ spot: [a, b] }) => {
        const [x, y] = dots[dots.length - 1];
        return Math.hypot(a - x, b - y) >= 22 && Math.hypot(a - held[0], b - held[1]) >= 24 && dots.push([a, b]);
      });
    const clear = ([x, y], others, width, height) => others.every(([a, b]) => Math.abs(a - x) > width || Math.abs(b - y) > height);
    const free = (place) => clear(place, dots, 26, 13) && clear(place, [held], 35, 20) && clear(place, names, 54, 17) && clear(place, CORNERS, 29, 13) && place[1] < TOP + HEIGHT - 8;
    return shown.map(({ name, spot: [a, b], next: [c, d] }) => {
      const size = Math.hypot(c - a, d - b) || 1, across = [(d - b) / size, (a - c) / size], up = across[1] > 0 ? -1 : 1;
      const reach = Math.min(30 / Math.abs(across[0] || 1e-9), 16 / Math.abs(across[1] || 1e-9));
      const place = [up, -up].map((s) => [a + s * reach * across[0], b + s * reach * across[1]]).find(free), dot = circle(a, b, 4, { cls: "lab-ink" });
      if (!place) return dot;
      names.push(place);
      return rect(place[0] - 22, place[1] - 9, 44, 17, { cls: "lab-paper", "fill-opacity": 0.75 }) + dot + text(place[0], place[1] + 5, `T = ${name}`, { anchor: "middle", cls: "lab-small" });
    });
  }
  function ellipse(state) {
    if (!state.ellipse) return "";
    const p = current(state), [x, y] = at(p), e1 = unit([1, -1, 0]), e2 = unit([1, 1, -2]);
    const ring = Array.from({ length: 48 }, (_, i) => {
      const angle = (2 * Math.PI * i) / 48, v = e1.map((w, k) => 0.25 * (w * Math.cos(angle) + e2[k] * Math.sin(angle)));
      return at(p.map((q, k) => q + apply(p, v)[k]));
    });
    const disk = ring.map((_, i) => { const angle = (2 * Math.PI * i) / 48; return [x + 0.125 * UNIT * Math.cos(angle), y + 0.125 * UNIT * Math.sin(angle)]; });
    return polygon(disk, { cls: "lab-line", fill: "none", "stroke-dasharray": "4 4" }) + polygon(ring, { cls: "lab-c1 lab-soft" }) +
      polygon(ring, { cls: "lab-s1", fill: "none", "stroke-width": 2 });
  }
  return {
    layout: "stack", eigenvalues, apply,
    state: (spec) => ({ logits: center(spec.logits), temperature: spec.temperature, field: "own", ellipse: false }),
    controls: (state, spec) => [
      { id: "temperature", label: "temperature", type: "range", min: COLDEST, max: HOTTEST, step: 0.1 },
      { id: "field", label: "arrows: where a point moves when you", type: "choice",
        options: [["own", "cool it"], ...spec.labels.map((label, k) => [String(k), `raise ${label}`])] },
      { id: "ellipse", label: "all score steps of length ¼", type: "toggle" },
    ],
    handles: (state, spec) => {
      const p = current(state), [x, y] = at(p);
      return [{ id: "point", x, y, label: "probabilities", value: spec.labels.map((label, k) => `${label} ${fixed(p[k], 2)}`).join(", ") }];
    },
    move: (id, x, y, state) => {
      const top = (TOP + HEIGHT - y) / HEIGHT, right = (x - LEFT - (top * SIDE) / 2) / SIDE;
      const inside = [1 - top - right, right, top].map((q) => clamp(q, EDGE, 1)), total = sum(inside);
      return { ...state, logits: center(inside.map((q) => state.temperature * Math.log(q / total))) };
    },
    step: (state) => ({ ...state, temperature: state.temperature <= COLDEST + 1e-9 ? HOTTEST : Math.max(COLDEST, state.temperature * 0.96) }),
    draw: (state, spec) => picture(480, TOP + HEIGHT + 38, grid(), polygon(CORNERS, { cls: "lab-line", fill: "none", "stroke-width": 1.6 }),
      field(direction(state)), temperaturePath(state), marks(state), ellipse(state),
      CORNERS.map(([x, y], k) => circle(x, y, 5, { cls: "lab-c" + k }) +
        text(k === 0 ? x - 30 : k === 1 ? x + 30 : x, k === 2 ? y - 13 : y + 24, spec.labels[k], { anchor: ["start", "end", "middle"][k] })),
      circle(...at([1 / 3, 1 / 3, 1 / 3]), 4, { cls: "lab-muted" }), circle(...at(current(state)), 7, { cls: "lab-c" + argmax(state.logits) })),
    describe: (state, spec) => {
      const p = current(state), list = (values, digits) => spec.labels.map((label, k) => `${label} ${fixed(values[k], digits)}`).join(", ");
      return `Scores (their mean taken off): ${list(state.logits, 2)}. Probabilities at temperature ${fixed(state.temperature, 1)}: ${list(p, 3)}. ` +
        `Entropy ${fixed(entropy(p), 3)} nats; largest eigenvalue of the Jacobian ${fixed(eigenvalues(p)[0], 3)}, never above 0.5.`;
    },
  };
})());
