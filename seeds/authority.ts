import { DAY_MS } from '../src/kernel/clock';
import type { Id } from '../src/kernel/id';
import { SANDBOX_PASSWORD } from '../src/app/personas';
import { INSTALLATION } from '../src/platform/auth';
import type { Scope } from '../src/platform/db';
import type { OperatorLine } from '../src/modules/identity';
import type { LogIn } from './people';
import { SYSTEM, type Stage } from './stage';

export interface AuthorityPlan {
  readonly name: string;
  /** ISO 3166-1 alpha-2. */
  readonly jurisdiction: string;
  /** What its one supervisor may look at. */
  readonly jurisdictions: readonly string[];
  readonly lines: readonly OperatorLine[];
  readonly email: string;
}

export interface Supervisor extends LogIn {
  readonly authorityId: Id<'aut'>;
}

const DAYS = 730;

/** An authority with one supervisor, who may look for two years. */
export async function openAuthority(stage: Stage, plan: AuthorityPlan): Promise<Supervisor> {
  const { supervisors, logIn } = stage.services;
  const { name, jurisdiction, jurisdictions, lines, email } = plan;
  const passwordHash = await logIn.hashNew(SANDBOX_PASSWORD, email);
  const scope: Scope = { operatorId: INSTALLATION, actor: SYSTEM };
  return stage.write(scope, async (tx) => {
    const { id: authorityId } = await supervisors.register(tx, { name, jurisdiction });
    const { userId } = await supervisors.invite(tx, ['platform'], {
      authorityId,
      email,
      passwordHash,
      jurisdictions,
      lines,
      expiresAt: new Date(stage.now.getTime() + DAYS * DAY_MS),
    });
    return { userId, authorityId, email, password: SANDBOX_PASSWORD };
  });
}
