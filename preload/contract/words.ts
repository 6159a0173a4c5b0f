import { z } from 'zod';

/*
 * What arguments of more than one domain are made of. main refuses whatever does not fit, before a handler sees it.
 */

export const slug = z.string().regex(/^[a-z0-9-]{1,63}$/);
export const identifier = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
export const namespaceName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
export const comment = z.string().max(500).nullable();
