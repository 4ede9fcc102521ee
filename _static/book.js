/* Small services for every page. */
(function () {
  "use strict";
  // A formula that is somewhat too wide for the column, as on a phone, gets smaller letters; what can still be scrolled
  // sideways can be reached by keyboard. A box is measured when it comes near, and again when the window has another width
  // or a font arrived: to measure the far ones, the browser would have to lay out the whole page.
  const scrollable = ".formula, div.highlight pre, .pst-scrollable-table-container, .cell_output, .figure-scroll";
  const smallest = 0.65;  // of the size that the formula has in a wide window: 12 px on a phone
  const watch = new IntersectionObserver((entries) => {
    const boxes = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target);
    boxes.forEach((box) => { watch.unobserve(box); if (box.style.fontSize) box.style.fontSize = ""; });
    const shares = boxes.map((box) => (box.scrollWidth > box.clientWidth + 1 ? box.clientWidth / box.scrollWidth : 1));
    boxes.forEach((box, index) => {  // first all sizes, then all changes: one layout
      const smaller = box.matches(".formula") && shares[index] >= smallest && shares[index] < 1;
      if (smaller) box.style.fontSize = `${99.5 * shares[index]}%`;
      if (shares[index] < 1 && !smaller) {
        box.tabIndex = 0;
        if (!box.hasAttribute("role")) { box.setAttribute("role", "group"); box.setAttribute("aria-label", "scrolls sideways"); }
      } else if (box.getAttribute("aria-label") === "scrolls sideways") {
        ["tabindex", "role", "aria-label"].forEach((name) => box.removeAttribute(name));
      }
    });
  }, { rootMargin: "100% 0px" });
  let waiting = 0, width;  // not asked for yet: the answer takes a layout of the page
  const look = () => {
    width = innerWidth;
    document.querySelectorAll(scrollable).forEach((box) => { watch.unobserve(box); watch.observe(box); });
  };
  const loaded = (run) => { if (document.readyState === "complete") run(); else addEventListener("load", run); };
  loaded(look);
  document.fonts.addEventListener("loadingdone", look);
  addEventListener("resize", () => {
    if (width === innerWidth) return;  // a phone's address bar comes and goes
    width = innerWidth;
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(look);
  });
  // "On this page" marks the section that is being read: the last one that began above the window or at its top.
  // The theme marks a section when its title is seen, and back at the top still the one seen last.
  const places = [...document.querySelectorAll("#pst-page-toc-nav a")]
    .map((link) => [link, document.getElementById(decodeURIComponent(link.hash.slice(1)))]).filter(([, section]) => section);
  let asked = 0;
  const mark = () => {
    asked = 0;
    const ended = scrollY > 0 && scrollY + innerHeight > document.documentElement.scrollHeight - 2;
    const here = places.filter(([, section]) => ended || section.getBoundingClientRect().top < 130).pop();
    places.forEach(([link]) => {
      link.classList.toggle("active", link === here?.[0]);
      if (link === here?.[0]) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    });
  };
  if (places.length) {
    loaded(mark);
    addEventListener("scroll", () => { asked ||= requestAnimationFrame(mark); }, { passive: true });
  }
  // On paper everything is open.
  let opened = [];
  addEventListener("beforeprint", () => { opened = [...document.querySelectorAll("details:not([open])")]; opened.forEach((d) => { d.open = true; }); });
  addEventListener("afterprint", () => { opened.forEach((d) => { d.open = false; }); });
})();
