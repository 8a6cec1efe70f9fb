import { dateIn } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import { route, type Route } from '../../platform/http';
import { checkIdentityNumber } from './identity-number';
import { logInRoutes, type LogInRouteDeps } from './log-in.routes';
import { operatorRoutes, type OperatorRouteDeps } from './operator.routes';
import { identityNumberBody, identityNumberView } from './schema';
import { userRoutes, type UserRouteDeps } from './user.routes';

export type IdentityRouteDeps = LogInRouteDeps & OperatorRouteDeps & UserRouteDeps;

export function identityRoutes(deps: IdentityRouteDeps): readonly Route[] {
  return [
    ...logInRoutes(deps),
    ...userRoutes(deps),
    ...operatorRoutes(deps),
    identityNumberCalculator(deps.clock),
  ];
}

function identityNumberCalculator(clock: Clock): Route {
  return route({
    method: 'post',
    path: '/v1/calculators/identity-number',
    tag: 'Calculators',
    summary: 'Check an identity number as far as arithmetic goes',
    description:
      'Shape, check characters and date of birth. Says whether a number can exist, not whether it ' +
      'was issued or whose it is. Nothing is stored.',
    access: 'public',
    body: identityNumberBody,
    replies: { 200: identityNumberView },
    run: async ({ body }) => {
      const { kind, isValid, masked, problems, warnings, parts } = checkIdentityNumber(
        body.kind,
        body.number,
        dateIn('UTC', clock.now()),
      );
      return { status: 200, body: { kind, isValid, masked, problems, warnings, parts } };
    },
  });
}
