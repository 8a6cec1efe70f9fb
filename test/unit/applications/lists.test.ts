import { calendarDate } from '../../../src/kernel/calendar-date';
import { rate } from '../../../src/kernel/rate';
import { DocumentSigner, readSigned } from '../../../src/platform/auth';
import { decidedAppeal, examined, type Appeal } from '../../../src/modules/applications/appeal';
import {
  decidedEntry,
  endedEntry,
  isInForce,
  listFindings,
  requireSoundEntry,
  type ListEntry,
} from '../../../src/modules/applications/credit-list';
import { greenChannel } from '../../../src/modules/applications/green-channel';

const AT = new Date('2025-03-10T09:00:00Z');
const day = calendarDate;

const entry = (changes: Partial<ListEntry> = {}): ListEntry => ({
  id: `lst_${'0'.repeat(26)}`,
  colour: 'black',
  partyId: `pty_${'0'.repeat(26)}`,
  subjectShown: '***',
  issuingBody: 'Kunming Intermediate Court',
  basis: '(2025) 云01 执 1 号',
  effects: ['block-borrowing'],
  startsOn: day('2025-01-01'),
  endsOn: day('2025-03-11'),
  status: 'in-force',
  proposedBy: 'usr_1',
  proposedAt: AT,
  ...changes,
});

describe('an entry of a credit list', () => {
  test.each([
    { name: 'the day before it begins', on: '2024-12-31', inForce: false },
    { name: 'on its first day', on: '2025-01-01', inForce: true },
    { name: 'on its last day', on: '2025-03-10', inForce: true },
    { name: 'the day its term is over, job or no job', on: '2025-03-11', inForce: false },
  ])('$name is in force: $inForce', ({ on, inForce }) => {
    expect(isInForce(entry(), day(on))).toBe(inForce);
    expect(listFindings([{ entry: entry(), as: 'borrower' }], day(on))).toHaveLength(
      inForce ? 1 : 0,
    );
  });

  test('is put in force by somebody else than who proposed it', () => {
    const proposed = entry({ status: 'proposed' });
    const by = (user: string) => decidedEntry(proposed, { verdict: 'in-force', by: user, at: AT });
    expect(() => by('usr_1')).toThrow(expect.objectContaining({ code: 'applications.four-eyes' }));
    expect(by('usr_2')).toMatchObject({ status: 'in-force', decidedBy: 'usr_2' });
  });

  test('ends once', () => {
    const ended = endedEntry(entry(), { status: 'ended', at: AT, because: 'term' });
    expect(() => endedEntry(ended, { status: 'lifted', at: AT, because: 'again' })).toThrow(
      expect.objectContaining({ code: 'applications.entry-not-open' }),
    );
  });

  test.each([
    { name: 'a term that ends before it begins', change: { endsOn: day('2025-01-01') } },
    { name: 'a green channel on the black list', change: { effects: ['green-channel'] } as const },
    { name: 'a bar on the red list', change: { colour: 'red' } as const },
  ])('is refused with $name', ({ change }) => {
    expect(() => requireSoundEntry(entry(change))).toThrow(
      expect.objectContaining({ code: 'applications.entry-term' }),
    );
  });

  test('about a person behind the borrower bars as officer, not as borrower', () => {
    const borrowing = entry();
    const officer = entry({ effects: ['bar-as-officer'] });
    const on = day('2025-02-01');
    expect(listFindings([{ entry: borrowing, as: 'person-behind' }], on)).toEqual([]);
    expect(listFindings([{ entry: officer, as: 'person-behind' }], on)).toMatchObject([
      { outcome: 'decline' },
    ]);
  });
});

describe('the green channel', () => {
  const POLICY = {
    firstInQueue: true,
    feeDiscountRate: rate('0.25'),
    waivedDocuments: ['payslip'] as const,
  };
  const red = entry({ colour: 'red', effects: ['green-channel'] });
  const on = day('2025-02-01');

  test('opens by a red entry in force, each effect on record', () => {
    const open = greenChannel([red], on, POLICY);
    expect(open.priority).toBe('green');
    expect(open.effects.map(({ effect }) => effect)).toEqual([
      'first-in-queue',
      'fee-discount',
      'documents-waived',
    ]);
  });

  test.each([
    { name: 'no entry', entries: [] },
    { name: 'a red entry whose term is over', entries: [entry({ ...red, endsOn: on })] },
    { name: 'a black entry beside the red one', entries: [red, entry()] },
  ])('stays shut with $name', ({ entries }) => {
    expect(greenChannel(entries, on, POLICY)).toMatchObject({ priority: 'normal', effects: [] });
  });
});

describe('an appeal', () => {
  const appeal: Appeal = {
    id: `apl_${'0'.repeat(26)}`,
    entryId: `lst_${'0'.repeat(26)}`,
    grounds: 'It was another person of that name.',
    filedBy: 'usr_9',
    filedAt: AT,
    status: 'open',
  };
  const hands = ['usr_1', 'usr_2'];
  const first = (by: string) => examined(appeal, { recommended: 'uphold', by, at: AT }, hands);
  const second = (of: Appeal, by: string) =>
    decidedAppeal(of, { verdict: 'upheld', note: 'n', by, at: AT }, hands);

  test('is examined by one and decided by another, neither of whom made the entry', () => {
    expect(second(first('usr_3'), 'usr_4')).toMatchObject({
      status: 'upheld',
      examinedBy: 'usr_3',
      decidedBy: 'usr_4',
    });
  });

  test.each(['usr_1', 'usr_2', 'usr_9'])('is not examined by %s, who had a hand in it', (by) => {
    expect(() => first(by)).toThrow(expect.objectContaining({ code: 'applications.four-eyes' }));
  });

  test.each(['usr_1', 'usr_2', 'usr_3', 'usr_9'])('is not decided by %s', (by) => {
    expect(() => second(first('usr_3'), by)).toThrow(
      expect.objectContaining({ code: 'applications.four-eyes' }),
    );
  });

  test('is not decided before it was examined', () => {
    expect(() => second(appeal, 'usr_4')).toThrow(
      expect.objectContaining({ code: 'applications.appeal-not-open' }),
    );
  });
});

describe('a signed document', () => {
  const signer = new DocumentSigner(Buffer.alloc(32, 1));
  const document = { type: 'report', 金额: '12.00', nested: { b: 1, a: [true, null] } };
  const { jws } = signer.sign(document, 'report');

  test('is verified with the public key alone', () => {
    expect(readSigned(jws, [signer.publicKey])).toEqual(document);
  });

  test('has one signature, whatever the order of its members', () => {
    const { nested, ...rest } = document;
    expect(signer.sign({ nested, ...rest }, 'report').jws).toBe(jws);
  });

  test('is refused when any character of it changes', () => {
    for (let place = 0; place < jws.length; place += 1) {
      const other = jws[place] === 'A' ? 'B' : 'A';
      const changed = jws.slice(0, place) + other + jws.slice(place + 1);
      expect(readSigned(changed, [signer.publicKey])).toBeUndefined();
    }
  });

  test('is refused under another key, without a signature, or of another algorithm', () => {
    const [header = '', payload = '', signature = ''] = jws.split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', kid: signer.publicKey.kid }));
    const other = new DocumentSigner(Buffer.alloc(32, 2)).publicKey;
    expect(readSigned(jws, [other])).toBeUndefined();
    expect(readSigned(jws, [{ ...other, kid: signer.publicKey.kid }])).toBeUndefined();
    expect(readSigned(`${header}.${payload}.`, [signer.publicKey])).toBeUndefined();
    const bare = `${none.toString('base64url')}.${payload}.${signature}`;
    expect(readSigned(bare, [signer.publicKey])).toBeUndefined();
  });

  test('names its key by the thumbprint of RFC 7638, as RFC 8037 A.3 reckons it', () => {
    const { x } = { x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
    const seed = Buffer.from('nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', 'base64url');
    const key = new DocumentSigner(seed).publicKey;
    expect(key.x).toBe(x);
    expect('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k').toContain(key.kid);
  });
});
