// Small conveniences; every page works without them.
import './polyfills.js';
import './confirm.js';
import './countdown.js';
import './drafts.js';
import './uploads.js';
import './worklist.js';
