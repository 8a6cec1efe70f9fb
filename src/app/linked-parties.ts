import type { Id } from '../kernel/id';
import { linkedPartiesOf } from '../modules/applications';
import type { BankAccountService } from '../modules/payments';
import type { LinkedParties } from '../modules/subscriptions';
import type { Db } from '../platform/db';

/** Links found above the order desk and beside it: by applications' marks, and by accounts. */
export class StoredLinks implements LinkedParties {
  constructor(private readonly deps: { readonly bankAccounts: BankAccountService }) {}

  async of(
    db: Db,
    borrowers: readonly Id<'pty'>[],
  ): Promise<ReadonlyMap<Id<'pty'>, ReadonlySet<Id<'pty'>>>> {
    const byMarks = await linkedPartiesOf(db, borrowers);
    const byAccounts = await this.deps.bankAccounts.listSharing(db, borrowers);
    const links = new Map<Id<'pty'>, Set<Id<'pty'>>>();
    for (const { partyId, otherId } of [...byMarks, ...byAccounts]) {
      links.set(partyId, (links.get(partyId) ?? new Set()).add(otherId));
    }
    return links;
  }
}
