// An identity provider that believes whoever gives a name, on this computer alone. One argument, JSON: port, back (address
// of the server), secret, signed (userinfo as a signed token).
import * as oidc from "oidc-provider";

const asked = JSON.parse(process.argv[2]);
const address = `http://127.0.0.1:${asked.port}`;
const provider = new oidc.Provider(address, {
  clients: [
    {
      client_id: "tableau",
      client_secret: asked.secret,
      redirect_uris: [`${asked.back}/oauth2callback`],
      post_logout_redirect_uris: [`${asked.back}/`],
      ...(asked.signed ? { userinfo_signed_response_alg: "RS256" } : {}),
    },
  ],
  acrValues: ["eidas1"],
  claims: { openid: ["sub", "SubjectNameID"], profile: ["given_name", "family_name"] },
  features: { devInteractions: { enabled: false }, jwtUserinfo: { enabled: true } },
  interactions: { url: (_, interaction) => `/qui/${interaction.uid}` },
  pkce: { required: () => true },
  // who somebody is stands in userinfo alone: the identity token has a subject that says nothing
  findAccount: (_, name) => ({
    accountId: name,
    claims: () => ({ sub: `sujet-${name}`, SubjectNameID: name, given_name: name, family_name: "Essai" }),
  }),
  loadExistingGrant: async (ctx) => {
    const { client, session } = ctx.oidc;
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope("openid profile");
    await grant.save();
    return grant;
  },
});

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith("/qui/")) return next();
  const { prompt } = await provider.interactionDetails(ctx.req, ctx.res);
  if (ctx.method === "GET") {
    ctx.type = "html";
    ctx.body = `<form method="post" action="${ctx.path}" data-prompt="${prompt.name}"><input name="name"></form>`;
    return;
  }
  const parts = [];
  for await (const part of ctx.req) parts.push(part);
  const told = new URLSearchParams(Buffer.concat(parts).toString());
  const login = { accountId: told.get("name"), acr: told.get("level") || undefined };
  await provider.interactionFinished(ctx.req, ctx.res, { login });
  ctx.respond = false;
});

provider.listen(asked.port, "127.0.0.1");
