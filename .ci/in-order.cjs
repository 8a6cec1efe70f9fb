const Sequencer = require('@jest/test-sequencer').default;

/** Runs the groups as they are numbered: the longest first, so that none is left alone at the end. */
module.exports = class InOrder extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => (a.path < b.path ? -1 : 1));
  }
};
