/* A character model that writes: its next-character distribution, reshaped by temperature, top-k and top-p.
 * The model counts: after the last n characters, which one followed how often in the text? Each order is mixed with the
 * next shorter one (Witten & Bell), down to the uniform distribution.
 * spec: {text, alphabet, prompt, order, temperature, k, p, seed} */
lab.define("text-sampler", (() => {
  const { softmax, entropy, rng, argmax } = lab.math, { picture, text, line, rect, axis, scale, fixed, tag } = lab.svg;
  const WIDE = 46, LINES = 6, SHOWN = 10, TOP = 182, ROW = 25, LIMIT = 1200, MAX_ORDER = 5;
  const models = new Map();

  // counts[context][c]: how often the character c followed the context, for contexts of 0 to 5 characters
  function model(spec) {
    if (models.has(spec.text)) return models.get(spec.text);
    const place = new Map([...spec.alphabet].map((c, i) => [c, i])), counts = new Map();
    const codes = [...spec.text].map((c) => place.get(c));
    for (let i = 0; i < codes.length; i++) for (let n = 0; n <= Math.min(i, MAX_ORDER); n++) {
      const context = spec.text.slice(i - n, i);
      let row = counts.get(context);
      if (!row) counts.set(context, (row = new Map()));
      row.set(codes[i], (row.get(codes[i]) || 0) + 1);
    }
    models.set(spec.text, counts);
    return counts;
  }
  function next(spec, order, written) {
    const counts = model(spec), size = spec.alphabet.length;
    let p = Array(size).fill(1 / size);
    for (let n = 0; n <= Math.min(order, written.length); n++) {
      const row = counts.get(written.slice(written.length - n));
      if (!row) break;
      let total = 0;
      for (const count of row.values()) total += count;
      p = p.map((q, c) => ((row.get(c) || 0) + row.size * q) / (total + row.size));
    }
    return p;
  }
  // temperature, then the k most likely, then the smallest set of these with a total of at least limit
  function reshape(p, temperature, k, limit) {
    const z = p.map((q) => Math.log(q) / temperature);
    const order = z.map((_, i) => i).sort((a, b) => z[b] - z[a] || a - b).slice(0, k);
    const ranked = softmax(order.map((i) => z[i]));
    let before = 0;
    const kept = order.filter((_, r) => { const keep = limit === 1 || before < limit; before += ranked[r]; return keep; });
    const q = softmax(kept.map((i) => z[i])), out = p.map(() => 0);
    kept.forEach((i, r) => { out[i] = q[r]; });
    return out;
  }
  const shaped = (state, spec) => reshape(next(spec, Number(state.order), state.written), state.T, state.k, state.p);
  const write = (state, spec, times) => {
    let { written } = state, bits = 0;                              // what the drawn characters cost, in the code of chapter 6
    for (let i = 0; i < times && written.length < LIMIT; i++) {
      const q = shaped({ ...state, written }, spec), c = rng(state.seed + 7919 * written.length).choice(q);
      written += spec.alphabet[c];
      bits -= Math.log2(q[c]);
    }
    return { ...state, written, bits, drawn: written.slice(state.written.length) };
  };
  const name = (c) => (c === " " ? "space" : c);
  function news({ drawn, bits }) {                                 // first, for it is what a listener waits for
    if (drawn.length > 1) return `Drew ${drawn.length} characters at ${fixed(Math.abs(bits) / drawn.length, 2)} bits each: “${drawn.trim()}”. `;
    return drawn ? `Drew ${name(drawn)}, which had probability ${fixed(2 ** -bits, 3)}. ` : "";
  }
  function wrapped(written) {
    const out = [""];
    for (const word of written.split(/(?<= )/)) {
      if (out[out.length - 1].length + word.trimEnd().length > WIDE && out[out.length - 1]) out.push("");
      out[out.length - 1] += word;
      while (out[out.length - 1].length > WIDE + 1) { const last = out.pop(); out.push(last.slice(0, WIDE), last.slice(WIDE)); }
    }
    return out.slice(-LINES);
  }
  return {
    next, reshape, interval: 90,
    state: (spec) => ({ written: spec.prompt, T: spec.temperature, k: spec.k, p: spec.p, order: spec.order, seed: spec.seed, drawn: "", bits: 0 }),
    controls: (state, spec) => [
      { id: "T", label: "temperature T", type: "range", min: 0.1, max: 2.5, step: 0.05 },
      { id: "k", label: "top-k: keep the k most likely", type: "range", min: 1, max: spec.alphabet.length, step: 1 },
      { id: "p", label: "top-p: keep a total of p", type: "range", min: 0.05, max: 1, step: 0.05 },
      { id: "order", label: "characters it looks back", type: "choice", options: [[0, "0"], [1, "1"], [2, "2"], [3, "3"], [5, "5"]] },
      { id: "more", label: "Write 60 characters", type: "button" },
      { id: "seed", label: "Clear, with new luck", type: "button" },
    ],
    on: (id, value, state, spec) => (id === "more" ? write(state, spec, 60)
      : id === "seed" ? { ...state, seed: state.seed + 1, written: spec.prompt, drawn: "" }
      : { ...state, [id]: Number(value), drawn: "" }),
    step: (state, spec) => write(state, spec, 1),
    draw: (state, spec) => {
      const raw = next(spec, Number(state.order), state.written), q = shaped(state, spec), x = scale([0, 1], [78, 430]);
      const rows = raw.map((_, i) => i).sort((a, b) => Math.max(q[b], raw[b]) - Math.max(q[a], raw[a]) || a - b).slice(0, SHOWN);
      const page = wrapped(state.written).map((row, i, all) =>
        tag("text", { x: 4, y: 24 + 21 * i, "xml:space": "preserve", style: "font-family: ui-monospace, monospace; white-space: pre" }, lab.svg.escape(row + (i === all.length - 1 ? "▏" : ""))));
      const bars = rows.map((c, i) => {
        const y = TOP + i * ROW;
        return text(70, y + 17, name(spec.alphabet[c]), { anchor: "end" }) + rect(78, y + 4, x(q[c]) - 78, ROW - 8, { cls: q[c] ? "lab-c0" : "lab-muted", rx: 2 }) +
          rect(x(raw[c]) - 1.25, y + 1, 2.5, ROW - 2, { cls: "lab-ink" }) +
          text(478, y + 17, q[c] ? fixed(q[c], 3) : "out", { anchor: "end", cls: q[c] ? "lab-number" : "lab-small lab-muted" });
      });
      return picture(480, TOP + SHOWN * ROW + 26, page, line(0, 152, 480, 152), text(4, 172, "Next character. Bars: as drawn. Marks: the model's own", { cls: "lab-small lab-muted" }),
        bars, axis("bottom", x, TOP + SHOWN * ROW + 4, { count: 4 }), line(78, TOP, 78, TOP + SHOWN * ROW, { cls: "lab-line" }));
    },
    describe: (state, spec) => {
      const q = shaped(state, spec), left = q.filter((v) => v > 0).length, best = argmax(q);
      return (`${news(state)}${left} of ${spec.alphabet.length} characters can come next; the most likely is ${name(spec.alphabet[best])} with ${fixed(q[best], 3)}. ` +
        `The choice is worth ${fixed(Math.abs(entropy(q)) / Math.LN2, 2)} bits, as uncertain as a fair choice among ${fixed(Math.exp(Math.abs(entropy(q))), 1)}. ` +
        (state.written.length >= LIMIT ? "The page is full: Reset." : state.drawn.length > 1 ? "" : `Text so far ends in: ${state.written.slice(-60)}`)).trim();
    },
  };
})());
