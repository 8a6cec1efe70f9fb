import { z } from 'zod';
import type { PublicDocumentKey } from '../auth';
import { route, type Route } from './route';

const keysView = z.object({
  keys: z
    .array(
      z.object({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string(),
        kid: z.string(),
        use: z.literal('sig'),
        alg: z.literal('EdDSA'),
      }),
    )
    .readonly(),
});

/** The keys by which anybody verifies offline what this installation signed. */
export function keyRoutes({
  signer,
}: {
  readonly signer: { readonly keys: readonly PublicDocumentKey[] };
}): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/keys',
      tag: 'System',
      summary:
        'The public keys (RFC 8037) that signed reports, checkpoints and credit reports, the present first',
      access: 'public',
      replies: { 200: keysView },
      run: async () => ({ status: 200, body: { keys: signer.keys } }),
    }),
  ];
}
