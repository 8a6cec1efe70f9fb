import { HOUR_MS } from '../../src/kernel/clock';
import { Money } from '../../src/kernel/money';
import { rate } from '../../src/kernel/rate';
import type { MandateTerms, MatchWindow } from '../../src/modules/matching';
import type { House } from '../house';
import { ELBE } from '../operators';
import { signedLender } from '../signed-lender';
import type { World } from '../world';
import type { Act } from './act';
import type { Narrator } from './narrator';

/** A file of real applications, and how it is taken and reported. */
export interface BroughtLoanBook {
  /** What the file is called, for the reader. */
  readonly file: string;
  /** Rows that are read at most. */
  readonly rows: number;
  /** Takes, judges and lists the rows, and runs a first window. @returns lines for the reader. */
  readonly take: (house: House) => Promise<readonly string[]>;
  /**
   * Every grade with what became of its loans, there and here.
   *
   * @param lent how many loans of each grade found their lenders.
   */
  readonly grades: (house: House, lent: ReadonlyMap<string, number>) => Promise<readonly string[]>;
}

/** So many rows to a lender: then cash and loans are of one order. */
const ROWS_PER_LENDER = 20;
const FEWEST_LENDERS = 20;
/** A market that is not done by then tells enough. */
const MOST_WINDOWS = 40;

interface Market {
  readonly world: World;
  readonly tell: Narrator;
  readonly house: House;
  readonly brought: BroughtLoanBook;
}

/** Thousands of real applications meet lenders that are made up, window by window. */
export async function loanBookAct(
  world: World,
  tell: Narrator,
  brought: BroughtLoanBook,
): Promise<Act> {
  const market = { world, tell, house: await world.operator(ELBE), brought };
  return {
    title: `A loan book: ${brought.file}`,
    scenes: [
      { title: 'Lenders sign their mandates', play: () => invite(market) },
      { title: 'The applications come in', play: () => take(market) },
      { title: 'Windows, until loans or cash run out', play: () => match(market) },
      { title: 'The grades, and what really became of their loans', play: () => report(market) },
    ],
  };
}

async function invite({ world, tell, house, brought }: Market): Promise<void> {
  const { listing } = world.services;
  await house.write(house.staff.compliance, (tx) =>
    listing.setPolicy(tx, {
      reviewedBy: 'credit-decision',
      note: 'A loan book that is taken over.',
    }),
  );
  const count = Math.max(FEWEST_LENDERS, Math.trunc(brought.rows / ROWS_PER_LENDER));
  const startedAt = performance.now();
  let cash = house.money('0.00');
  for (let joined = 0; joined < count; joined += 1) {
    const paidIn = house.money(`${world.cast.between(40, 260)}000.00`);
    await signedLender(house, { cash: paidIn.toDecimalString() }, wishes(house, paidIn));
    cash = cash.plus(paidIn);
  }
  tell.done(`${count} lenders with ${cash} and a signed mandate each; ${since(startedAt)} s.`);
}

/** From careful to bold: the grades each kind of lender takes, and the least it asks for. */
const KINDS = [
  { grades: ['A', 'B', 'C', 'D', 'E'], minimumRate: '0.05' },
  { grades: ['B', 'C', 'D', 'E', 'F'], minimumRate: '0.07' },
  { grades: ['C', 'D', 'E', 'F', 'G', 'H'], minimumRate: '0.09' },
] as const;

/** Wishes that come from the cast: the same in every run. */
function wishes(house: House, cash: Money): MandateTerms {
  const { cast } = house.stage;
  const { grades, minimumRate } = cast.pick(KINDS);
  return {
    currency: house.operator.homeCurrency,
    budget: cash,
    keepUninvested: house.money('0.00'),
    ticket: house.money('250.00'),
    maxPerLoan: house.money(`${cast.between(1, 5)}000.00`),
    grades,
    maxPerGrade: [],
    mostTermMonths: cast.pick([36, 60, 60]),
    minimumRate: rate(minimumRate),
    reinvest: true,
    approvesEach: false,
  };
}

async function take({ tell, house, brought }: Market): Promise<void> {
  for (const line of await brought.take(house)) tell.say(line);
}

async function match(market: Market): Promise<void> {
  const { world, tell } = market;
  const rows: string[][] = [];
  let last = await newest(market);
  for (let ran = 0; last !== undefined && ran < MOST_WINDOWS; ran += 1) {
    rows.push(rowOf(last));
    if (last.matchedMinor === 0n) break;
    const startedAt = performance.now();
    await world.moveTo(nextWindow(world.now));
    last = await newest(market);
    rows.at(-1)?.push(`${since(startedAt)} s`);
  }
  tell.table(['window due', 'mandates', 'loans', 'positions', 'matched', 'next after'], rows);
  tell.say(
    'What is full was closed, settled and entered in its register meanwhile; what has its minimum ' +
      'waits for more until its deadline.',
  );
}

function rowOf({ dueAt, mandates, listings, positions, matchedMinor, currency }: MatchWindow) {
  return [
    dueAt.toISOString().slice(0, 16).replace('T', ' '),
    String(mandates ?? 0),
    String(listings ?? 0),
    String(positions ?? 0),
    Money.ofMinor(matchedMinor ?? 0n, currency).toString(),
  ];
}

async function newest({ world, house }: Market): Promise<MatchWindow | undefined> {
  const [window] = await house.read((db) => world.services.windows.list(db, { limit: 1 }));
  return window;
}

/** Windows are due at 3, 9, 15 and 21 o'clock. */
function nextWindow(now: Date): Date {
  const six = 6 * HOUR_MS;
  const since3 = now.getTime() - 3 * HOUR_MS;
  return new Date(now.getTime() - (since3 % six) + six);
}

async function report(market: Market): Promise<void> {
  const { tell, house, brought } = market;
  tell.text((await brought.grades(house, await lentByGrade(market))).join('\n'));
}

/** Loans in which positions were placed: an engine that keeps minimum fills places no other. */
async function lentByGrade({ world, house }: Market): Promise<ReadonlyMap<string, number>> {
  const { runLog, windows } = world.services;
  const loans = new Map<string, Set<string>>();
  for (const { id } of await house.read((db) => windows.list(db, { limit: MOST_WINDOWS }))) {
    let after: number | undefined;
    for (;;) {
      const page = await house.read((db) => runLog.positions(db, id, { limit: PAGE, after }));
      for (const { grade, offeringId, status } of page.slice(0, PAGE)) {
        if (status === 'placed') loans.set(grade, (loans.get(grade) ?? new Set()).add(offeringId));
      }
      if (page.length <= PAGE) break;
      after = page[PAGE - 1]?.positionNo;
    }
  }
  return new Map([...loans].map(([grade, ids]) => [grade, ids.size]));
}

const PAGE = 1000;

function since(startedAt: number): string {
  return String(Math.trunc((performance.now() - startedAt) / 100) / 10);
}
