/* Small services for every page. */
(function () {
  "use strict";
  // What can be scrolled sideways can be reached by keyboard.
  const scrollable = ".formula, div.highlight pre, .pst-scrollable-table-container, .cell_output, .figure-scroll";
  function reach() {
    const boxes = [...document.querySelectorAll(scrollable)];
    const wide = boxes.map((box) => box.scrollWidth > box.clientWidth + 1);  // first all sizes, then all changes: one layout
    boxes.forEach((box, index) => {
      if (wide[index]) {
        box.tabIndex = 0;
        if (!box.hasAttribute("role")) { box.setAttribute("role", "group"); box.setAttribute("aria-label", "scrolls sideways"); }
      } else if (box.getAttribute("aria-label") === "scrolls sideways") {
        box.removeAttribute("tabindex"); box.removeAttribute("role"); box.removeAttribute("aria-label");
      }
    });
  }
  let waiting = 0;
  addEventListener("load", reach);
  addEventListener("resize", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(reach); });
  // On paper everything is open.
  let opened = [];
  addEventListener("beforeprint", () => { opened = [...document.querySelectorAll("details:not([open])")]; opened.forEach((d) => { d.open = true; }); });
  addEventListener("afterprint", () => { opened.forEach((d) => { d.open = false; }); });
})();
