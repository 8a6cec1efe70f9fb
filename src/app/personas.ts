/** Somebody whose log-in the sandbox hands out. */
export interface Persona {
  /** Code of the operator; absent for who belongs to an authority. */
  readonly operator?: string;
  /** The part of the e-mail address before the `@`. */
  readonly mailbox: string;
  readonly role: string;
  /** What there is to see and do. */
  readonly about: string;
}

/** The password of everybody in the sandbox. It is printed at every start. */
export const SANDBOX_PASSWORD = 'lantern-harbour-27';

/** Addresses end in a domain that can never exist (RFC 2606). */
export function sandboxEmail({
  operator = 'authority',
  mailbox,
}: Pick<Persona, 'operator' | 'mailbox'>): string {
  return `${mailbox}@${operator}.example`;
}

/** Watches over operators of two countries, and belongs to none. */
export const SUPERVISOR: Persona = {
  mailbox: 'supervisor',
  role: 'regulator',
  about: 'operators in the US and India, their reports, figures, inspections',
};

/** Who there is to log in as, operator by operator. */
export const PERSONAS: readonly Persona[] = [
  ...staffOf('hudson'),
  persona('hudson', 'investor', 'subscribe; part of the yearly limit is used'),
  persona('hudson', 'accredited.investor', 'subscribe without a limit'),
  persona('hudson', 'issuer', 'an offering that is live, and its register'),
  ...staffOf('pleisse'),
  persona('pleisse', 'investor', 'subscribe, revoke within four days'),
  persona('pleisse', 'sophisticated.investor', 'subscribe; binding at once'),
  persona('pleisse', 'issuer', 'an offering that is live, and its register'),
  persona('lanzhou', 'compliance', 'a private platform: nothing is public'),
  persona('lanzhou', 'investor', 'a qualified investor; at most 200 holders'),
  persona('ganges', 'compliance', 'credit decisions and who reviews loans'),
  persona('ganges', 'operations', 'loans that are listed, filled and paid out'),
  persona(
    'ganges',
    'investor',
    'notes of loans that run; lend, sign a mandate; at most 50,000 to one borrower',
  ),
  persona('ganges', 'borrower', 'a loan that is being repaid, and one that is nearly lent'),
  { ...persona('hudson', 'platform', 'register operators'), role: 'platform' },
  SUPERVISOR,
];

function staffOf(operator: string): readonly Persona[] {
  return [
    persona(operator, 'compliance', 'review offerings, tiers, verifications'),
    persona(operator, 'operations', 'publish, settle, match payments'),
    persona(operator, 'admin', 'make users, see everything of the operator'),
    persona(operator, 'regulator', 'read everything, change nothing'),
  ];
}

function persona(operator: string, mailbox: string, about: string): Persona {
  return { operator, mailbox, role: mailbox.split('.').at(-1) ?? mailbox, about };
}
