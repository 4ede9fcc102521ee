/* Small services for every page. */
(function () {
  "use strict";
  // What can be scrolled sideways can be reached by keyboard. A box is measured when it comes near, and again when the
  // window has another width: to measure the far ones, the browser would have to lay out the whole page.
  const scrollable = ".formula, div.highlight pre, .pst-scrollable-table-container, .cell_output, .figure-scroll";
  const watch = new IntersectionObserver((entries) => {
    const boxes = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target);
    const wide = boxes.map((box) => box.scrollWidth > box.clientWidth + 1);  // first all sizes, then all changes: one layout
    boxes.forEach((box, index) => {
      if (wide[index]) {
        box.tabIndex = 0;
        if (!box.hasAttribute("role")) { box.setAttribute("role", "group"); box.setAttribute("aria-label", "scrolls sideways"); }
      } else if (box.getAttribute("aria-label") === "scrolls sideways") {
        ["tabindex", "role", "aria-label"].forEach((name) => box.removeAttribute(name));
      }
    });
  }, { rootMargin: "100% 0px" });
  const look = () => document.querySelectorAll(scrollable).forEach((box) => { watch.unobserve(box); watch.observe(box); });
  let waiting = 0, width = innerWidth;
  addEventListener("load", look);
  addEventListener("resize", () => {
    if (width === innerWidth) return;  // a phone's address bar comes and goes
    width = innerWidth;
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(look);
  });
  // On paper everything is open.
  let opened = [];
  addEventListener("beforeprint", () => { opened = [...document.querySelectorAll("details:not([open])")]; opened.forEach((d) => { d.open = true; }); });
  addEventListener("afterprint", () => { opened.forEach((d) => { d.open = false; }); });
})();
