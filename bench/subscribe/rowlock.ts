import { randomUUID } from 'node:crypto';
import { systemClock } from '../../src/kernel/clock';
import { idMaker, type Id } from '../../src/kernel/id';
import { Database, type Tx } from '../../src/platform/db';
import { closedLoop, Dice, type LoadOptions, type Measured } from './load';
import { INVESTORS, investorId, OPERATOR_ID, SCOPE } from './world';

const newId = idMaker(systemClock);

/**
 * The same subscription as most systems do it: a transaction for each request, which locks the
 * rows it needs one after the other, reads, decides and writes. The rows written are the same;
 * only the order desk is missing. Works as the owner, since the application may not write so.
 */
export async function runRowLock(
  url: string,
  offerings: readonly Id<'off'>[],
  load: LoadOptions,
): Promise<Measured> {
  const database = new Database({ url, poolSize: 16 });
  const dice = new Dice(load.clients);
  try {
    return await closedLoop(load, async () => {
      const off = offerings[dice.below(offerings.length)];
      if (!off) throw new Error('a run without offerings');
      const inv = investorId(dice.below(INVESTORS));
      const amountMinor = BigInt(1 + dice.below(3)) * 100n;
      return database.write(SCOPE, (tx) => subscribe(tx, { inv, off, amountMinor }));
    });
  } finally {
    await database.close();
  }
}

interface Request {
  readonly inv: Id<'inv'>;
  readonly off: Id<'off'>;
  readonly amountMinor: bigint;
}

async function subscribe(tx: Tx, { inv, off, amountMinor }: Request): Promise<boolean> {
  const at = systemClock.now();
  const [investor] = await tx.query<{ party_id: string; tier: string; facts: unknown }>(
    `SELECT i.party_id, i.tier, p.facts FROM investors i
     JOIN investor_profiles p ON p.operator_id = i.operator_id AND p.investor_id = i.id
       AND p.version = i.profile_version
     WHERE i.operator_id = :operatorId AND i.id = :inv AND i.status = 'active' FOR UPDATE OF i`,
    { operatorId: OPERATOR_ID, inv },
  );
  const [book] = await tx.query<{
    committed_minor: bigint;
    limit_minor: bigint;
    order_count: bigint;
  }>(
    `SELECT b.committed_minor, b.limit_minor, b.order_count FROM offering_books b
     WHERE b.operator_id = :operatorId AND b.offering_id = :off AND b.is_open FOR UPDATE`,
    { operatorId: OPERATOR_ID, off },
  );
  if (!investor || !book || book.committed_minor + amountMinor > book.limit_minor) return false;
  const isCapped = investor.tier === 'non-accredited';
  const ceiling = 1_240_000n;
  if (isCapped) {
    const [cap] = await tx.query<{ used_minor: bigint }>(
      `SELECT used_minor FROM cap_lock_usage(ARRAY[:party], ARRAY['us-reg-cf/investor-limit'],
         ARRAY['USD'], ARRAY[12], ARRAY[:ceiling::bigint], :at)`,
      { party: investor.party_id, ceiling, at },
    );
    if ((cap?.used_minor ?? 0n) + amountMinor > ceiling) return false;
    await tx.execute(
      `SELECT cap_reserve(ARRAY[:party], ARRAY['us-reg-cf/investor-limit'], ARRAY['USD'],
                          ARRAY[12], ARRAY[:amountMinor::bigint], ARRAY[:ceiling::bigint])`,
      { party: investor.party_id, amountMinor, ceiling },
    );
  }
  const [account] = await tx.query<{ account_no: bigint; available: bigint }>(
    `SELECT a.account_no, -a.balance_minor - a.held_minor AS available FROM ledger_accounts a
     WHERE a.operator_id = :operatorId AND a.path = :path AND a.currency = 'USD' FOR UPDATE`,
    { operatorId: OPERATOR_ID, path: `liabilities:investor:${inv}:cash` },
  );
  if (!account || account.available < amountMinor) return false;
  const [hold] = await tx.query<{ hold_no: bigint }>(
    `SELECT ledger_place_holds(:operatorId, :at, ARRAY[:account::bigint], ARRAY[:amountMinor::bigint],
       ARRAY[:account::bigint], ARRAY[:amountMinor::bigint], 'subscription', NULL) AS hold_no`,
    { operatorId: OPERATOR_ID, at, account: account.account_no, amountMinor },
  );
  await tx.execute(
    `UPDATE offering_books SET committed_minor = committed_minor + :amountMinor,
       order_count = order_count + 1
     WHERE operator_id = :operatorId AND offering_id = :off`,
    { operatorId: OPERATOR_ID, off, amountMinor },
  );
  const key = randomUUID();
  await tx.execute(
    `INSERT INTO subscriptions
       (operator_id, id, offering_id, order_no, investor_id, hold_no, amount_minor, units, status,
        opened_at, revocable_until, request_key, request_hash, offering_version, profile_version,
        rulebook_no, acknowledged, cap_subjects, cap_keys, caps_used, caps_ceiling)
     VALUES (:operatorId, :id, :off, :orderNo, :inv, :holdNo, :amountMinor, :units, 'reflecting',
        :at, :at, :key, :key, 1, 1, 1, 0, '{}', '{}', '{}', '{}')`,
    {
      operatorId: OPERATOR_ID,
      id: newId('sub'),
      off,
      orderNo: book.order_count + 1n,
      inv,
      holdNo: hold?.hold_no,
      amountMinor,
      units: amountMinor / 100n,
      at,
      key,
    },
  );
  await tx.execute(
    `INSERT INTO platform_outbox_events (operator_id, type, subject, payload, occurred_at)
     VALUES (:operatorId, 'subscription.opened', :off, '{}', :at)`,
    { operatorId: OPERATOR_ID, off, at },
  );
  await tx.execute('SELECT ledger_seal(:operatorId, :at)', { operatorId: OPERATOR_ID, at });
  return true;
}
