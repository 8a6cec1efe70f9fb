import {
  filingState,
  requireOpenTo,
  VERDICTS,
  type Answer,
  type FilingState,
  type Verdict,
} from '../../../src/modules/supervision/answer';

const answers = (...kinds: readonly Answer['kind'][]): readonly Answer[] =>
  kinds.map((kind) => ({ kind }) as Answer);

describe('where a report stands', () => {
  it.each([
    { run: 'scheduled', did: answers(), is: 'unpublished' },
    { run: 'generated', did: answers(), is: 'unpublished' },
    { run: 'published', did: answers(), is: 'published' },
    { run: 'published', did: answers('downloaded'), is: 'downloaded' },
    { run: 'published', did: answers('queried', 'downloaded'), is: 'queried' },
    { run: 'published', did: answers('queried', 'acknowledged'), is: 'acknowledged' },
    { run: 'restated', did: answers('rejected'), is: 'superseded' },
  ] as const)('$run, then $did.length answers: $is', ({ run, did, is }) => {
    expect(filingState({ state: run }, did)).toBe(is);
  });
});

describe('an answer', () => {
  const open = (state: FilingState, verdict: Verdict): boolean => {
    try {
      requireOpenTo(state, verdict);
      return true;
    } catch {
      return false;
    }
  };

  it.each([
    { state: 'unpublished', to: [] },
    { state: 'published', to: VERDICTS },
    { state: 'downloaded', to: VERDICTS },
    { state: 'acknowledged', to: ['queried', 'rejected'] },
    { state: 'queried', to: VERDICTS },
    { state: 'rejected', to: [] },
    { state: 'superseded', to: [] },
  ] as const)('to a report that is $state may be $to', ({ state, to }) => {
    expect(VERDICTS.filter((verdict) => open(state, verdict))).toEqual(to);
  });
});
