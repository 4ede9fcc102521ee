/* The interactive figures of "Softmax in depth": runtime, numerics and SVG builders.
 *
 * A figure is a component: a few pure functions of a plain state (see `lab.define`). Nothing here but `lab.mount`
 * touches the document, so the same file also runs without a browser: the book draws every figure's first picture
 * while it is built, and the tests call the components directly.
 *
 *   lab.define(name, {state, controls, draw, describe, on?, handles?, move?, step?, layout?, interval?})
 *   lab.render(name, spec, key, description)   the HTML of a figure's stage (build time and browser alike)
 *   lab.run(name, spec, events)           {state, svg, text} after events ["set", id, value] | ["move", id, x, y] | ["step"]
 *   lab.mount(element)                    brings one <figure class="lab"> to life
 */
(function (root) {
  "use strict";
  if (root.lab) return;                        // a notebook page carries this file once for every figure
  const components = {};

  // ---------------------------------------------------------------- numerics, as in softmax_lib.functions
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const logsumexp = (z) => {
    const top = Math.max(...z);
    return Number.isFinite(top) ? top + Math.log(sum(z.map((v) => Math.exp(v - top)))) : top;
  };
  const softmax = (z, temperature = 1) => {
    const scaled = z.map((v) => v / temperature), top = Math.max(...scaled);
    const weights = scaled.map((v) => Math.exp(v - top)), total = sum(weights);
    return weights.map((w) => w / total);
  };
  const math = {
    sum, softmax, logsumexp,
    logSoftmax: (z) => { const total = logsumexp(z); return z.map((v) => v - total); },
    entropy: (p) => -sum(p.map((q) => (q > 0 ? q * Math.log(q) : 0))),
    crossEntropy: (z, target) => logsumexp(z) - z[target],
    kl: (p, q) => sum(p.map((v, i) => (v > 0 ? v * Math.log(v / q[i]) : 0))),
    sigmoid: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
    argmax: (z) => z.indexOf(Math.max(...z)),
    dot: (a, b) => sum(a.map((v, i) => v * b[i])),
    affine: (x, W, b) => W[0].map((_, k) => (b ? b[k] : 0) + sum(x.map((v, d) => v * W[d][k]))),   // x W + b, W is (D, K)
    clamp: (v, low, high) => Math.min(high, Math.max(low, v)),
    linspace: (a, b, n) => Array.from({ length: n }, (_, i) => a + ((b - a) * i) / (n - 1)),
    // the part of a convex polygon [[x, y], …] where a·x + b·y + c ≥ 0
    clip: (polygon, a, b, c) => {
      const side = ([x, y]) => a * x + b * y + c, out = [];
      polygon.forEach((p, i) => {
        const q = polygon[(i + 1) % polygon.length], s = side(p), t = side(q);
        if (s >= 0) out.push(p);
        if (s * t < 0) out.push([p[0] + ((q[0] - p[0]) * s) / (s - t), p[1] + ((q[1] - p[1]) * s) / (s - t)]);
      });
      return out;
    },
    // where a surface, given on a grid as rows of values, crosses a level: segments in grid units (marching squares)
    contour: (grid, level) => {
      const out = [];
      for (let i = 0; i + 1 < grid.length; i++) for (let j = 0; j + 1 < grid[i].length; j++) {
        const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]], crossings = [];
        corners.forEach(([a, b], n) => {
          const [c, d] = corners[(n + 1) % 4], s = grid[a][b] - level, t = grid[c][d] - level;
          if ((s < 0) !== (t < 0)) { const r = s / (s - t); crossings.push([a + (c - a) * r, b + (d - b) * r]); }
        });
        for (let n = 0; n + 1 < crossings.length; n += 2) out.push([crossings[n], crossings[n + 1]]);
      }
      return out;
    },
    // a small seeded generator (mulberry32); the same seed gives the same draws everywhere
    rng: (seed) => {
      let a = seed >>> 0;
      const uniform = () => {
        a = (a + 0x6d2b79f5) >>> 0;
        let t = Math.imul(a ^ (a >>> 15), 1 | a);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;      // never 0, never 1
      };
      const choice = (p) => { let u = uniform() * sum(p), k = 0; while (k < p.length - 1 && (u -= p[k]) > 0) k++; return k; };
      return {
        uniform, choice,
        int: (n) => Math.floor(uniform() * n),
        gumbel: () => -Math.log(-Math.log(uniform())),
        normal: () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
      };
    },
  };

  // ---------------------------------------------------------------- strings: numbers, text, SVG
  const escape = (s) => String(s).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }[c]));
  const fixed = (v, digits = 2) => v.toFixed(digits).replace(/^-(0(?:\.0*)?)$/, "$1").replace("-", "−");
  const round = (v) => (typeof v === "number" ? +v.toFixed(2) : v);
  const attributes = (a) => Object.entries(a).filter(([, v]) => v !== undefined && v !== null && v !== false)
    .map(([k, v]) => ` ${k === "cls" ? "class" : k}="${escape(round(v))}"`).join("");
  const tag = (name, a = {}, ...children) => `<${name}${attributes(a)}>${children.flat(9).join("")}</${name}>`;
  const points = (list) => list.map(([x, y]) => `${round(x)},${round(y)}`).join(" ");
  // a linear scale: f(value) -> position, f.invert(position) -> value, f.ticks(n) -> round values
  const scale = ([d0, d1], [r0, r1]) => {
    const f = (v) => r0 + ((v - d0) / (d1 - d0)) * (r1 - r0);
    f.invert = (p) => d0 + ((p - r0) / (r1 - r0)) * (d1 - d0);
    f.ticks = (n = 5) => {
      const raw = Math.abs(d1 - d0) / n, base = 10 ** Math.floor(Math.log10(raw));
      const step = base * [1, 2, 5, 10].find((m) => m * base >= raw * 0.99);
      const low = Math.min(d0, d1), high = Math.max(d0, d1), out = [];
      for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) out.push(+(i * step).toPrecision(12));
      return out;
    };
    f.domain = [d0, d1]; f.range = [r0, r1];
    return f;
  };
  const svg = {
    escape, fixed, tag, scale,
    // the whole picture; keep width near 480 so that text stays readable on a phone
    picture: (width, height, ...children) => tag("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}` }, children),
    group: (a, ...children) => tag("g", a, children),
    text: (x, y, s, { anchor, ...a } = {}) => tag("text", { x, y, "text-anchor": anchor, ...a }, escape(s)),
    line: (x1, y1, x2, y2, a = {}) => tag("line", { x1, y1, x2, y2, cls: "lab-grid", ...a }),
    rect: (x, y, width, height, a = {}) => tag("rect", { x, y, width: Math.max(0, width), height: Math.max(0, height), ...a }),
    circle: (cx, cy, r, a = {}) => tag("circle", { cx, cy, r, ...a }),
    path: (d, a = {}) => tag("path", { d, ...a }),
    polygon: (list, a = {}) => tag("polygon", { points: points(list), ...a }),
    polyline: (list, a = {}) => tag("polyline", { points: points(list), fill: "none", ...a }),
    // axis("bottom" | "left", scale, at, {count, label, grid: length of the grid lines, format})
    axis: (side, f, at, { count = 5, label, grid = 0, format = (v) => fixed(v, Number.isInteger(v) ? 0 : 2).replace(/(\.\d)0$/, "$1") } = {}) => {
      const flat = side === "bottom", middle = (f.range[0] + f.range[1]) / 2;
      const marks = f.ticks(count).map((v) => flat
        ? svg.line(f(v), at, f(v), at - grid) + svg.text(f(v), at + 18, format(v), { anchor: "middle", cls: "lab-small lab-muted" })
        : svg.line(at, f(v), at + grid, f(v)) + svg.text(at - 7, f(v) + 4.5, format(v), { anchor: "end", cls: "lab-small lab-muted" }));
      const name = !label ? "" : flat ? svg.text(middle, at + 38, label, { anchor: "middle" })
        : svg.text(0, 0, label, { anchor: "middle", transform: `translate(${round(at - 38)} ${round(middle)}) rotate(-90)` });
      return marks.join("") + name;
    },
  };

  // ---------------------------------------------------------------- components
  function define(name, component) {
    for (const part of ["state", "controls", "draw", "describe"])
      if (typeof component[part] !== "function") throw new Error(`lab: component "${name}" needs a function ${part}`);
    components[name] = component;
  }
  function get(name) {
    if (!components[name]) throw new Error(`lab: there is no component "${name}" (have: ${Object.keys(components).join(", ")})`);
    return components[name];
  }
  const put = (c, id, value, state, spec) => (c.on ? c.on(id, value, state, spec) : { ...state, [id]: value });

  function run(name, spec, events = []) {
    const c = get(name);
    let state = c.state(spec);
    for (const [kind, ...rest] of events) {
      if (kind === "set") state = put(c, rest[0], rest[1], state, spec);
      else if (kind === "move") state = c.move(rest[0], rest[1], rest[2], state, spec);
      else if (kind === "step") state = c.step(state, spec);
      else throw new Error(`lab: unknown event "${kind}"`);
    }
    return { state, svg: c.draw(state, spec), text: c.describe(state, spec) };
  }

  // ---------------------------------------------------------------- HTML of a figure (strings, no document)
  const decimals = (step) => (String(step).split(".")[1] || "").length;
  const shown = (control, value) => fixed(Number(value), decimals(control.step || 1)) + (control.unit ? " " + control.unit : "");

  function controlHTML(control, value, key) {
    const id = `${key}-${control.id}`, at = { "data-control": control.id };
    if (control.type === "range") {
      const { min, max, step } = control;
      return tag("div", { cls: "lab-control lab-range" }, tag("label", { for: id }, escape(control.label)),
        `<input type="range"${attributes({ id, ...at })} min="${min}" max="${max}" step="${step || 1}" value="${value}" disabled>`,
        tag("output", { for: id }, escape(shown(control, value))));
    }
    if (control.type === "toggle")
      return tag("div", { cls: "lab-control lab-toggle" },
        `<input type="checkbox"${attributes({ id, ...at })}${value ? " checked" : ""} disabled>`, tag("label", { for: id }, escape(control.label)));
    if (control.type === "button")
      return tag("div", { cls: "lab-control" }, `<button type="button"${attributes({ id, ...at })} disabled>${escape(control.label)}</button>`);
    const options = control.options, short = options.length <= 4 && options.map((o) => o[1]).join("").length <= 44;
    if (short)
      return tag("fieldset", { cls: "lab-control lab-choice" }, tag("legend", {}, escape(control.label)), options.map(([v, text], i) =>
        `<input type="radio"${attributes({ id: `${id}-${i}`, name: id, value: v, ...at })}${String(v) === String(value) ? " checked" : ""} disabled>` +
        tag("label", { for: `${id}-${i}` }, escape(text))));
    return tag("div", { cls: "lab-control lab-select" }, tag("label", { for: id }, escape(control.label)),
      `<select${attributes({ id, ...at })} disabled>` + options.map(([v, text]) =>
        `<option value="${escape(v)}"${String(v) === String(value) ? " selected" : ""}>${escape(text)}</option>`).join("") + "</select>");
  }
  const controlsHTML = (c, state, spec, key) => c.controls(state, spec).map((control) => controlHTML(control, state[control.id], key)).join("");
  const picture = (c, state, spec, description) => c.draw(state, spec).replace("<svg", `<svg role="img" aria-label="${escape(description)}"`);

  function render(name, spec, key, description) {
    const c = get(name), state = c.state(spec), button = (what, text) => `<button type="button" data-do="${what}" disabled>${text}</button>`;
    return tag("div", { cls: `lab-stage lab-${c.layout || "side"}` },
      tag("div", { cls: "lab-panel" }, tag("div", { cls: "lab-controls" }, controlsHTML(c, state, spec, key)),
        tag("div", { cls: "lab-buttons" }, c.step ? button("play", "Play") + button("step", "Step") : "", button("reset", "Reset"))),
      tag("div", { cls: "lab-picture" }, picture(c, state, spec, description)),
      tag("p", { cls: "lab-readout" }, escape(c.describe(state, spec))),
      tag("p", { cls: "lab-announce", "aria-live": "polite" }));
  }

  // ---------------------------------------------------------------- life in the page
  function mount(figure) {
    if (figure.lab) return;
    const { component: name, spec, description } = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
    const c = get(name), key = figure.dataset.key || (figure.dataset.key = "lab" + Math.random().toString(36).slice(2, 8));
    if (!figure.querySelector(".lab-stage")) figure.insertAdjacentHTML("beforeend", render(name, spec, key, description));
    const find = (selector) => figure.querySelector(selector);
    const panel = find(".lab-controls"), frame = find(".lab-picture"), readout = find(".lab-readout"), announce = find(".lab-announce");
    const still = root.matchMedia && root.matchMedia("(prefers-reduced-motion: reduce)").matches;
    let state = c.state(spec), waiting = 0, timer = 0, playing = 0, dragged = false;

    const signature = () => JSON.stringify(c.controls(state, spec).map(({ id, type, label, options, min, max, step }) => [id, type, label, options, min, max, step]));
    let current = signature();
    const enable = () => figure.querySelectorAll(":disabled").forEach((e) => { e.disabled = false; });

    function showControls() {
      const next = signature();
      if (next !== current) {                                    // other controls than before: draw them anew, keep the focus
        const focus = document.activeElement && panel.contains(document.activeElement) ? document.activeElement.id : "";
        panel.innerHTML = controlsHTML(c, state, spec, key);
        current = next; enable();
        if (focus && document.getElementById(focus)) document.getElementById(focus).focus();
        return;
      }
      for (const control of c.controls(state, spec)) {
        const value = state[control.id];
        panel.querySelectorAll(`[data-control="${control.id}"]`).forEach((e) => {
          if (e.type === "radio") e.checked = e.value === String(value);
          else if (e.type === "checkbox") e.checked = Boolean(value);
          else if (e.tagName !== "BUTTON" && e.value !== String(value)) e.value = value;
          if (e.type === "range") {
            e.setAttribute("aria-valuetext", shown(control, value));
            e.nextElementSibling.textContent = shown(control, value);
          }
        });
      }
    }

    // Draggable points lie in a layer of their own, so that redrawing the picture takes away neither focus nor pointer.
    let layer = null;
    function showHandles() {
      if (!c.handles) return;
      const list = c.handles(state, spec), make = (n) => document.createElementNS("http://www.w3.org/2000/svg", n);
      if (!layer) {
        layer = make("svg");
        layer.setAttribute("class", "lab-handles");
        layer.setAttribute("viewBox", frame.querySelector("svg").getAttribute("viewBox"));
        frame.append(layer);
      }
      while (layer.children.length > list.length) layer.lastChild.remove();
      list.forEach((h, i) => {
        let g = layer.children[i];
        if (!g) {
          g = make("g");
          for (const [k, v] of Object.entries({ class: "lab-handle", tabindex: "0", role: "slider", "aria-valuemin": "0", "aria-valuemax": "1000" })) g.setAttribute(k, v);
          const hit = make("circle"), dot = make("circle");
          hit.setAttribute("r", 22); hit.setAttribute("class", "lab-hit");
          dot.setAttribute("r", 8); dot.setAttribute("class", "lab-dot");
          g.append(hit, dot); layer.append(g);
        }
        g.dataset.id = h.id;
        g.setAttribute("transform", `translate(${h.x} ${h.y})`);
        g.setAttribute("aria-label", h.label);
        g.setAttribute("aria-valuenow", Math.round(h.x));
        g.setAttribute("aria-valuetext", h.value || `${Math.round(h.x)} across, ${Math.round(h.y)} down`);
      });
    }
    function show() {
      waiting = 0;
      const old = frame.querySelector("svg:not(.lab-handles)");
      if (old) old.outerHTML = picture(c, state, spec, description);
      const text = c.describe(state, spec);
      if (readout.textContent !== text) readout.textContent = text;
      clearTimeout(timer);
      if (!playing && announce.textContent !== text) timer = setTimeout(() => { announce.textContent = text; }, 400);   // speak once the hand rests, and where play was paused
      showControls(); showHandles();
    }
    function change(next) { state = next; if (!waiting) waiting = requestAnimationFrame(show); }

    panel.addEventListener("input", (event) => {
      const e = event.target, id = e.dataset.control;
      if (!id) return;
      const control = c.controls(state, spec).find((one) => one.id === id);
      let value = e.type === "checkbox" ? e.checked : e.type === "range" ? Number(e.value) : e.value;
      if (control.type === "choice") value = control.options.find((o) => String(o[0]) === e.value)[0];
      change(put(c, id, value, state, spec));
    });
    panel.addEventListener("click", (event) => {
      const e = event.target.closest("button[data-control]");
      if (e) change(put(c, e.dataset.control, null, state, spec));
    });

    const play = find("[data-do=play]");
    function stop() { clearInterval(playing); playing = 0; if (play) play.textContent = "Play"; }
    figure.addEventListener("click", (event) => {
      const what = event.target.dataset && event.target.dataset.do;
      if (what === "reset") { stop(); change(c.state(spec)); }
      if (what === "step") { stop(); change(c.step(state, spec)); }
      if (what === "play" && playing) { stop(); change(state); }
      else if (what === "play") { play.textContent = "Pause"; playing = setInterval(() => change(c.step(state, spec)), c.interval || 60); }
    });
    if (still && play) play.hidden = true;                         // no motion was asked for: one step at a time

    if (c.handles && c.move) {
      const move = (id, x, y) => change(c.move(id, x, y, state, spec));
      showHandles();
      layer.addEventListener("pointerdown", (event) => {
        const g = event.target.closest(".lab-handle");
        if (!g) return;
        event.preventDefault(); g.focus({ preventScroll: true }); g.setPointerCapture(event.pointerId); dragged = g;
      });
      layer.addEventListener("pointermove", (event) => {
        if (!dragged) return;
        const p = new DOMPoint(event.clientX, event.clientY).matrixTransform(layer.getScreenCTM().inverse());
        move(dragged.dataset.id, p.x, p.y);
      });
      for (const end of ["pointerup", "pointercancel"]) layer.addEventListener(end, () => { dragged = false; });
      layer.addEventListener("keydown", (event) => {
        const g = event.target.closest(".lab-handle"), by = event.shiftKey ? 20 : 4;
        const d = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] }[event.key];
        if (!g || !d) return;
        event.preventDefault();
        const h = c.handles(state, spec).find((one) => String(one.id) === g.dataset.id);
        move(h.id, h.x + d[0], h.y + d[1]);
      });
    }
    figure.lab = { get state() { return state; }, set: (id, value) => change(put(c, id, value, state, spec)) };
    enable(); showControls();
    figure.classList.add("lab-ready");
  }
  const mountAll = () => document.querySelectorAll("figure.lab").forEach(mount);

  root.lab = { define, get, names: () => Object.keys(components), run, render, mount, mountAll, math, svg };
})(typeof globalThis !== "undefined" ? globalThis : this);
