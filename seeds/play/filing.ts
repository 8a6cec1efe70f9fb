import { addDays, startOfDay } from '../../src/kernel/calendar-date';
import { DAY_MS, HOUR_MS } from '../../src/kernel/clock';
import { StartupProblem } from '../../src/platform/db/startup-problem';
import { interpretFormC, parseFormC, USUAL_ORDER_LIMIT } from '../../src/modules/filings';
import { HUDSON } from '../operators';
import type { World } from '../world';
import type { Act } from './act';
import { filedClosingScenes } from './filing-close';
import { completionScenes } from './filing-completion';
import { filedOrderScenes } from './filing-orders';
import { FilingRound, type BroughtFiling } from './filing-round';
import type { Narrator } from './narrator';

/**
 * The morning two days before the filing was signed: when its play begins.
 *
 * @throws Problem of reading a filing; StartupProblem when nobody dated it.
 */
export function beginningOf({ file, xml }: BroughtFiling): Date {
  const { signedOn } = interpretFormC(parseFormC(xml));
  if (signedOn !== undefined) {
    const midnight = startOfDay(addDays(signedOn, -2), HUDSON.timeZone);
    return new Date(midnight.getTime() + 10 * HOUR_MS);
  }
  throw new StartupProblem(
    `Nobody signed ${file} with a date, so the play cannot tell when to begin.`,
    'Choose a filing that was signed.',
  );
}

/** A real filing, from its import to the shares in the register. */
export async function filingAct(
  world: World,
  tell: Narrator,
  brought: BroughtFiling,
): Promise<Act> {
  const house = await world.operator(HUDSON);
  const round = new FilingRound(world, tell, { house, brought });
  await world.moveBy(2 * DAY_MS);
  return {
    title: `A filing and its round: ${brought.file}`,
    scenes: [
      { title: 'The filing comes in', play: () => bringIn(round) },
      ...completionScenes(round),
      ...filedOrderScenes(round),
      ...filedClosingScenes(round),
    ],
  };
}

async function bringIn(round: FilingRound): Promise<void> {
  const { world, tell, house, brought } = round;
  const { filings, issuers } = world.services;
  const settings = { orderLimitRate: USUAL_ORDER_LIMIT };
  const filing = await house.write(house.staff.operations, (tx) =>
    filings.import(tx, brought.xml, settings),
  );
  for (const { what, message } of filing.taken) tell.done(`${what}: ${message}`);
  for (const { what, reason } of filing.refused) tell.say(`Not taken, ${what}: ${reason}`);
  for (const sentence of filing.assumed) tell.say(`Assumed: ${sentence}`);
  for (const { severity, message } of filing.findings) tell.say(`Finding, ${severity}: ${message}`);
  if (filing.filing.offeringId === undefined) {
    const reasons = filing.refused.map(({ reason }) => reason).join(' ');
    throw new StartupProblem(
      `${brought.file} holds no offering of equity to play. ${reasons}`.trim(),
      'Choose a Form C that offers shares or units.',
    );
  }
  const { id, partyId, legalName } = await house.read((db) =>
    issuers.get(db, filing.filing.issuerId),
  );
  round.filing = filing;
  round.issuer = { ...house.staff.operations, id, partyId, name: legalName };
  const again = await house.write(house.staff.operations, (tx) =>
    filings.import(tx, brought.xml, settings),
  );
  tell.done(`Brought once more: ${again.outcome}, and nothing changes.`);
}
