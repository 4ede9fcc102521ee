/* Small services for every page. */
(function () {
  "use strict";
  // What can be scrolled sideways can be reached by keyboard.
  const scrollable = ".formula, div.highlight pre, .pst-scrollable-table-container, .cell_output, .figure-scroll";
  function reach() {
    document.querySelectorAll(scrollable).forEach((box) => {
      if (box.scrollWidth > box.clientWidth + 1) {
        box.tabIndex = 0;
        if (!box.hasAttribute("role")) { box.setAttribute("role", "group"); box.setAttribute("aria-label", "scrolls sideways"); }
      } else if (box.getAttribute("aria-label") === "scrolls sideways") {
        box.removeAttribute("tabindex"); box.removeAttribute("role"); box.removeAttribute("aria-label");
      }
    });
  }
  reach();
  addEventListener("load", reach);
  addEventListener("resize", reach);
  // On paper everything is open.
  let opened = [];
  addEventListener("beforeprint", () => { opened = [...document.querySelectorAll("details:not([open])")]; opened.forEach((d) => { d.open = true; }); });
  addEventListener("afterprint", () => { opened.forEach((d) => { d.open = false; }); });
})();
