// For browsers older than the supported floor; harmless elsewhere.
if (!Object.hasOwn) {
  Object.defineProperty(Object, 'hasOwn', {
    value: (thing, key) => Object.prototype.hasOwnProperty.call(Object(thing), key),
  });
}
