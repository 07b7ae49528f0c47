"use strict";
const tip = document.getElementById("tip");
const svgNamespace = "http://www.w3.org/2000/svg";

function showTip(event, ...content) {
  tip.replaceChildren(...content);
  tip.hidden = false;
  const left = event.clientX + 16, top = event.clientY + 16;
  tip.style.left = Math.max(4, Math.min(left, innerWidth - tip.offsetWidth - 8)) + "px";
  tip.style.top = (top + tip.offsetHeight > innerHeight ? event.clientY - tip.offsetHeight - 12 : top) + "px";
}

function hideTip() { tip.hidden = true; }

function element(name, text, colour) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (colour) made.style.setProperty("--c", colour);
  return made;
}

function readable(value) { return String(Number(value.toPrecision(6))).replace("-", "\u2212"); }

// Line charts: the values of all series nearest to the pointer, a line where they are, a dot on each.
function nearest(points, x) {
  let low = 0, high = points.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle][0] < x) low = middle; else high = middle;
  }
  return Math.abs(points[low][0] - x) < Math.abs(points[high][0] - x) ? points[low] : points[high];
}

function mark(name, attributes) {
  const made = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function lineChart(figure) {
  const data = JSON.parse(figure.dataset.chart), svg = figure.querySelector("svg"), marks = mark("g", {});
  const [x0, x1, y0, y1] = data.range, [left, right, top, bottom] = data.box;
  const toX = x => left + (right - left) * (x - x0) / (x1 - x0);
  const toY = y => top + (bottom - top) * (y1 - y) / (y1 - y0);
  svg.append(marks);
  svg.addEventListener("pointermove", event => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const wanted = x0 + (x1 - x0) * (Math.max(left, Math.min(right, at.x)) - left) / (right - left);
    const found = data.series.map(series => [series, nearest(series.points, wanted)]);
    const x = found.map(([, point]) => point[0])
      .reduce((a, b) => Math.abs(a - wanted) <= Math.abs(b - wanted) ? a : b);
    marks.replaceChildren(mark("line", {class: "guide", x1: toX(x), x2: toX(x), y1: top, y2: bottom}));
    const lines = [element("b", data.x + " " + readable(x))];
    for (const [series, [pointX, y]] of found) {
      if (y >= y0 && y <= y1) {
        marks.append(mark("circle", {class: "dot", r: 3.5, cx: toX(pointX), cy: toY(y), style: "--c:" + series.colour}));
      }
      const line = element("div");
      line.append(element("i", "", series.colour), series.name + "  " + readable(y));
      lines.push(line);
    }
    showTip(event, ...lines);
  });
  svg.addEventListener("pointerleave", () => { marks.replaceChildren(); hideTip(); });
}

// Bars and points: what they are called, and the picture behind a point.
function thumbnail(figure, image, index) {
  const {columns, width, height} = figure.dataset, scale = Math.max(1, Math.round(112 / width));
  const canvas = element("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.style.width = width * scale + "px";
  canvas.getContext("2d").drawImage(image, -(index % columns) * width, -Math.floor(index / columns) * height);
  return canvas;
}

function tips(figure) {
  const image = new Image();
  if (figure.dataset.thumbnails) image.src = figure.dataset.thumbnails;
  figure.addEventListener("pointermove", event => {
    const target = event.target.closest("[data-tip]");
    if (!target) return hideTip();
    const content = [element("span", target.dataset.tip)];
    if (image.src) content.push(thumbnail(figure, image, Number(target.dataset.thumbnail)));
    showTip(event, ...content);
  });
  figure.addEventListener("pointerleave", hideTip);
}

// A class of the legend, pressed, stands out alone.
function groups(figure) {
  const buttons = [...figure.querySelectorAll("button[data-group]")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const chosen = button.getAttribute("aria-pressed") !== "true";
      for (const other of buttons) other.setAttribute("aria-pressed", String(chosen && other === button));
      for (const point of figure.querySelectorAll(".point")) {
        point.classList.toggle("dim", chosen && point.dataset.group !== button.dataset.group);
      }
    });
  }
}

// Pictures through the epochs: one slider for both sheets, and a button that plays them.
function slides(box) {
  const slider = box.querySelector("input");
  if (!slider) return;
  const epochs = JSON.parse(box.dataset.epochs), button = box.querySelector("button");
  const stacks = [...box.querySelectorAll(".sheet")].map(sheet => [...sheet.querySelectorAll("img")]);
  let timer = 0;
  const show = position => {
    slider.value = position;
    box.querySelector("output").textContent = "epoch " + epochs[position];
    for (const stack of stacks) stack.forEach((image, i) => { image.hidden = i !== position; });
  };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    button.textContent = "▶";
  };
  slider.addEventListener("input", () => { stop(); show(Number(slider.value)); });
  button.addEventListener("click", () => {
    if (timer) return stop();
    let position = Number(slider.value) + 1 < epochs.length ? Number(slider.value) : -1;
    button.textContent = "❚❚";
    timer = setInterval(() => {
      show(++position);
      if (position + 1 >= epochs.length) stop();
    }, 350);
  });
}

document.querySelectorAll(".line-chart").forEach(lineChart);
document.querySelectorAll(".chart:not(.line-chart)").forEach(tips);
document.querySelectorAll(".scatter").forEach(groups);
document.querySelectorAll(".sheets").forEach(slides);
