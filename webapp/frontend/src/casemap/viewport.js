// How much of the diagram is seen: never so small that it cannot be read.
const READABLE = 0.75;
const COMFORTABLE = 0.9;
const MARGIN = 24;

function look(canvas, scale, middle) {
  const { inner, outer } = canvas.viewbox();
  const size = { width: outer.width / scale, height: outer.height / scale };
  // Where the diagram is smaller than the window it is centered; else clamped.
  const place = (wanted, length, from, whole) =>
    length >= whole
      ? from - (length - whole) / 2
      : Math.min(Math.max(wanted - length / 2, from - MARGIN), from + whole + MARGIN - length);
  canvas.viewbox({
    x: place(middle.x, size.width, inner.x, inner.width),
    y: place(middle.y, size.height, inner.y, inner.height),
    ...size,
  });
}

export function fit(viewer) {
  viewer.get('canvas').zoom('fit-viewport', 'auto');
}

export function zoomBy(viewer, factor) {
  const canvas = viewer.get('canvas');
  canvas.zoom(Math.min(Math.max(canvas.zoom() * factor, 0.2), 3));
}

export function center(viewer, id) {
  const canvas = viewer.get('canvas');
  canvas.resized();
  const { inner, outer } = canvas.viewbox();
  const whole = Math.min(
    (outer.width - MARGIN) / inner.width,
    (outer.height - MARGIN) / inner.height,
  );
  const scale = whole >= READABLE ? Math.min(whole, 1) : COMFORTABLE;
  const shape = id && viewer.get('elementRegistry').get(id);
  const middle = shape
    ? { x: shape.x + shape.width / 2, y: shape.y + shape.height / 2 }
    : { x: inner.x, y: inner.y };
  look(canvas, scale, middle);
}
