/** What a route's schema says if it needs an access token. */
export const SIGNED_IN: { readonly [name: string]: readonly string[] }[] = [{ accessToken: [] }];
