import { calendarDate } from '../../../src/kernel/calendar-date';
import type { Id } from '../../../src/kernel/id';
import {
  filedOfferingStep,
  impliedOffering,
  knownOffering,
} from '../../../src/modules/filings/filed-offering-step';
import type { Filing } from '../../../src/modules/filings';
import { statementOf } from '../../support/filings';

const A: Id<'off'> = 'off_A';
const B: Id<'off'> = 'off_B';

function filing(changes: Partial<Filing>): Filing {
  return {
    id: 'fil_A',
    issuerId: 'iss_A',
    formType: 'C',
    sha256: '',
    fileSha256: '',
    cik: '0009999111',
    signedOn: calendarDate('2025-03-10'),
    findings: [],
    importedAt: new Date('2025-03-11T10:00:00Z'),
    importedBy: 'test',
    ...changes,
  };
}

const first = statementOf('c-mini.xml');
const amendment = statementOf('c-mini-amendment.xml');
const update = statementOf('c-mini-update.xml');
const original = filing({ offeringId: A });
const later = filing({ formType: 'C/A', signedOn: calendarDate('2025-04-01'), offeringId: A });

describe('what a filing does to its offering', () => {
  it.each([
    { what: 'a first one drafts it', statement: first, status: undefined, step: 'create' },
    { what: 'an update can draft it', statement: update, status: undefined, step: 'create' },
    { what: 'an amendment revises a draft', statement: amendment, status: 'draft', step: 'revise' },
    { what: 'an update revises nothing', statement: update, status: 'draft', step: 'attach' },
    { what: 'an update may come late', statement: update, status: 'settled', step: 'attach' },
  ] as const)('$what', ({ statement, status, step }) => {
    const found = status && { status };
    expect(filedOfferingStep(statement, found, [original])).toBe(step);
  });

  it.each(['in-review', 'scheduled', 'live', 'closing', 'settled', 'failed', 'withdrawn'] as const)(
    'an amendment leaves an offering alone that is %s',
    (status) => {
      expect(filedOfferingStep(amendment, { status }, [original])).toMatchObject({
        code: 'filings.offering-under-way',
      });
    },
  );

  it('an amendment gives way to one that was signed later', () => {
    expect(filedOfferingStep(amendment, { status: 'draft' }, [original, later])).toMatchObject({
      code: 'filings.newer-on-file',
    });
  });
});

describe('which offering is known', () => {
  const deadlineOn = calendarDate('2025-08-31');

  it.each([
    { what: 'the one of its number', onFile: [filing({ offeringId: A, fileNumber: '020-99911' })] },
    { what: 'the one of its deadline', onFile: [filing({ offeringId: A, deadlineOn })] },
  ])('$what', ({ onFile }) => {
    expect(knownOffering(amendment, onFile)).toBe(A);
  });

  it.each([
    { what: 'none that nothing ties to it', onFile: [filing({ offeringId: A })] },
    { what: 'none of a filing without one', onFile: [filing({ deadlineOn })] },
    {
      what: 'none of its deadline that has another number',
      onFile: [filing({ offeringId: A, deadlineOn, fileNumber: '020-11111' })],
    },
  ])('$what', ({ onFile }) => {
    expect(knownOffering(amendment, onFile)).toBeUndefined();
  });
});

describe('which offering is meant', () => {
  it.each([
    { what: 'the only one there is', statement: update, onFile: [original], meant: A },
    { what: 'none, where there is none', statement: update, onFile: [], meant: undefined },
    {
      what: 'never one that is on file, by a first filing',
      statement: first,
      onFile: [original],
      meant: undefined,
    },
    {
      what: 'not one that has another number',
      statement: update,
      onFile: [filing({ offeringId: A, fileNumber: '020-11111' })],
      meant: undefined,
    },
    {
      what: 'the one that may have this number',
      statement: update,
      onFile: [filing({ offeringId: A, fileNumber: '020-11111' }), filing({ offeringId: B })],
      meant: B,
    },
  ])('$what', ({ statement, onFile, meant }) => {
    expect(impliedOffering(statement, onFile)).toBe(meant);
  });

  it('is not guessed', () => {
    const two = [original, filing({ offeringId: B })];
    expect(impliedOffering(update, two)).toMatchObject({ code: 'filings.offering-ambiguous' });
  });
});
