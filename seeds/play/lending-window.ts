import { HOUR_MS } from '../../src/kernel/clock';
import { Money } from '../../src/kernel/money';
import {
  LISTING_REASONS,
  MANDATE_REASONS,
  type MatchWindow,
  type Position,
} from '../../src/modules/matching';
import type { PlayScene } from './act';
import type { LendingRound } from './lending-round';
import { refusalOf } from './narrator';

/** How mandates meet loans, and what lenders say to it. */
export function windowScenes(round: LendingRound): readonly PlayScene[] {
  return [
    { title: 'A window: everybody at once, nobody first', play: () => match(round) },
    { title: 'The run log: why, and why not', play: () => explain(round) },
    { title: 'Proposals: the law wants each loan approved', play: () => answer(round) },
  ];
}

async function match(round: LendingRound): Promise<void> {
  const { tell, world } = round;
  const { ganges } = round.houses;
  const { windows, runLog } = world.services;
  await world.moveBy(6 * HOUR_MS);
  const [window] = await ganges.read((db) => windows.list(db, { limit: 1 }));
  if (window === undefined) throw new Error('no window was opened');
  round.note({ window: window.id });
  tell.done(
    `Window due ${window.dueAt.toISOString()}: ${window.mandates} mandates, ${window.listings} ` +
      `loans, ${amountIn(window, window.matchedMinor)} matched in ${window.positions} positions.`,
  );
  tell.say(`Ties are broken by the seed ${window.seed}, made of the ledger's head.`);
  const positions = await ganges.read((db) => runLog.positions(db, window.id, { limit: 100 }));
  tell.table(
    ['no', 'mandate', 'loan', 'grade', 'amount', 'now'],
    positions.map((each) => [
      String(each.positionNo),
      round.nameOf(each.mandateId),
      round.nameOf(each.offeringId),
      each.grade,
      amountIn(each, each.amountMinor),
      each.status,
    ]),
  );
}

async function explain(round: LendingRound): Promise<void> {
  const { tell, world } = round;
  const { ganges } = round.houses;
  const { runLog } = world.services;
  const id = round.get('window');
  const lenders = await ganges.read((db) => runLog.mandateLines(db, id, { limit: 100 }));
  tell.table(
    ['mandate', 'may lend', 'matched', 'loans that fit', 'reason'],
    lenders.lines.map((line) => [
      round.nameOf(line.mandateId),
      amountIn(lenders.window, line.cashMinor),
      amountIn(lenders.window, line.matchedMinor),
      String(line.loansEligible),
      line.reason,
    ]),
  );
  const loans = await ganges.read((db) => runLog.listingLines(db, id, { limit: 100 }));
  tell.gap();
  tell.table(
    ['loan', 'wanted', 'matched', 'mandates that fit', 'reason'],
    loans.lines.map((line) => [
      round.nameOf(line.offeringId),
      amountIn(loans.window, line.amountMinor),
      amountIn(loans.window, line.matchedMinor),
      String(line.mandatesEligible),
      line.reason,
    ]),
  );
  tell.gap();
  for (const reason of new Set(lenders.lines.map((line) => line.reason))) {
    tell.say(`${reason}: ${MANDATE_REASONS[reason].en}`);
  }
  for (const reason of new Set(loans.lines.map((line) => line.reason))) {
    tell.say(`${reason}: ${LISTING_REASONS[reason].en}`);
  }
  tell.gap();
  tell.say('Anybody concerned may ask why not, pair by pair:');
  const pairs = [
    ['Indra', "Noor's clinic"],
    ['Bharat', "Omar's pump"],
    ['Chitra', "Meera's looms"],
  ] as const;
  for (const [name, loan] of pairs) {
    const { text } = await ganges.read((db) =>
      runLog.pair(db, id, { mandateId: round.mandate(name), offeringId: round.loan(loan) }),
    );
    tell.say(`– ${name}, ${loan}: ${text.en} ${text.zh}`);
  }
}

async function answer(round: LendingRound): Promise<void> {
  const { tell, world } = round;
  const { ganges } = round.houses;
  const { placements, mandates } = world.services;
  const [asha, bharat, gita] = ['Asha', 'Bharat', 'Gita'].map((name) => round.lender(name));
  if (!asha || !bharat || !gita) return;
  const [first, ...others] = await proposals(round, 'Asha');
  if (first === undefined) throw new Error('nothing was proposed to Asha');
  const placed = await placements.approve(ganges.scope(asha), first, asha.id);
  tell.done(
    `Asha approves ${amountIn(placed, placed.amountMinor)} to ${round.nameOf(placed.offeringId)}: ` +
      `${placed.status}, an order like any other.`,
  );
  tell.refused(
    'She approves it once more',
    await refusalOf(placements.approve(ganges.scope(asha), first, asha.id)),
  );
  for (const each of others) await placements.approve(ganges.scope(asha), each, asha.id);

  const [unwanted] = await proposals(round, 'Bharat');
  if (unwanted !== undefined) {
    const declined = await placements.decline(ganges.scope(bharat), unwanted, bharat.id);
    tell.done(`Bharat says no to ${round.nameOf(unwanted.offeringId)}: ${declined.status}.`);
  }
  const [late] = await proposals(round, 'Gita');
  await ganges.write(gita, (tx) => mandates.step(tx, round.mandate('Gita'), 'revoke'));
  if (late !== undefined) {
    const refused = await placements.approve(ganges.scope(gita), late, gita.id);
    tell.done(
      `Gita revokes her mandate, then approves after all: ${refused.status} ` +
        `(${refused.refusal?.code}). Nobody else's part is touched.`,
    );
  }
  let orders = 0;
  for (const name of ['Bharat', 'Chitra', 'Farid', 'Indra', 'Jaya']) {
    const lender = round.lender(name);
    for (const each of await proposals(round, name)) {
      const { status } = await placements.approve(ganges.scope(lender), each, lender.id);
      if (status === 'placed') orders += 1;
    }
  }
  tell.done(`The others approve what was proposed to them: ${orders} orders more.`);
  await world.tick();
}

function proposals(round: LendingRound, name: string): Promise<readonly Position[]> {
  const { ganges } = round.houses;
  const { placements } = round.world.services;
  return ganges.read((db) => placements.listProposals(db, round.lender(name).id));
}

function amountIn({ currency }: Pick<MatchWindow, 'currency'>, minor: bigint | undefined): string {
  return Money.ofMinor(minor ?? 0n, currency).toString();
}
