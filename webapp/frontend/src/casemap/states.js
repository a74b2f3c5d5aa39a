// What the diagram shows of the case: colors, badges, and words for the ear.
function badge(text, kind) {
  const box = document.createElement('div');
  box.className = `map-badge is-${kind}`;
  box.textContent = text;
  box.setAttribute('aria-hidden', 'true');
  return box;
}

function isFrame(shape) {
  return /SubProcess$/.test(shape.type) && !shape.collapsed;
}

export function say(words, spec) {
  return spec ? (words[spec.kind] ?? '').replace('{n}', spec.n ?? '') : '';
}

export function paint(viewer, scope, words) {
  const canvas = viewer.get('canvas');
  const overlays = viewer.get('overlays');
  const registry = viewer.get('elementRegistry');
  for (const [id, node] of Object.entries(scope.nodes)) {
    const shape = registry.get(id);
    if (!shape || isFrame(shape)) continue;
    canvas.addMarker(id, `st-${node.state}`);
    if (node.badge) {
      overlays.add(id, 'records', {
        position: { top: -10, right: 44 },
        html: badge(say(words, node.badge), node.badge.kind),
      });
    }
  }
  for (const flow of scope.taken ?? []) {
    if (registry.get(flow)) canvas.addMarker(flow, 'st-taken');
  }
}

export function label(viewer, scope, words) {
  const registry = viewer.get('elementRegistry');
  const svg = viewer.get('canvas').getContainer().querySelector('svg');
  svg.setAttribute('role', 'group');
  svg.setAttribute('aria-label', `${words.diagram} ${scope.label}`);
  for (const [id, node] of Object.entries(scope.nodes)) {
    const graphics = registry.getGraphics(id);
    if (!graphics || !(node.href || node.calls)) continue;
    const parts = [node.label, words[node.state], say(words, node.badge)];
    graphics.setAttribute('tabindex', '0');
    graphics.setAttribute('role', 'link');
    graphics.setAttribute('aria-label', parts.filter(Boolean).join('，'));
  }
}
