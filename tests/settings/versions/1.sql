PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE api_key(
  id INTEGER PRIMARY KEY AUTOINCREMENT, label TEXT NOT NULL, prefix TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, scopes INTEGER NOT NULL,
  site INTEGER REFERENCES site ON DELETE CASCADE, created_ms INTEGER NOT NULL, last_used_ms INTEGER NOT NULL DEFAULT 0,
  expires_ms INTEGER NOT NULL) STRICT;
INSERT INTO "api_key" VALUES(1,'reports','nok_mxz3jf','a822bb9325212fe0aa18cf9674cdf99e31e852a0fd9f68713cd55be5919eb5d4',2,1,1790000000000,0,0);
CREATE TABLE attempt(id INTEGER PRIMARY KEY, subject TEXT NOT NULL, instant_ms INTEGER NOT NULL) STRICT;
CREATE TABLE audit(id INTEGER PRIMARY KEY AUTOINCREMENT, instant_ms INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL) STRICT;
INSERT INTO "audit" VALUES(1,1790000000000,'command line','site add','example.org');
CREATE TABLE channel_rule(
  id INTEGER PRIMARY KEY AUTOINCREMENT, site INTEGER REFERENCES site ON DELETE CASCADE, position INTEGER NOT NULL, field TEXT NOT NULL,
  op TEXT NOT NULL, value TEXT NOT NULL, channel TEXT NOT NULL) STRICT;
INSERT INTO "channel_rule" VALUES(1,1,1,'source','is','a','Email');
INSERT INTO "channel_rule" VALUES(2,NULL,1,'source','is','a','Social');
CREATE TABLE drop_count(
  site INTEGER NOT NULL, day INTEGER NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (site, day, reason)) STRICT, WITHOUT ROWID;
INSERT INTO "drop_count" VALUES(1,20717,'bot',3);
CREATE TABLE meta(name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('configuration',9);
CREATE TABLE role(
  user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE, site INTEGER NOT NULL REFERENCES site ON DELETE CASCADE,
  role INTEGER NOT NULL, PRIMARY KEY (user, site)) STRICT, WITHOUT ROWID;
INSERT INTO "role" VALUES(1,1,2);
CREATE TABLE session(
  hash TEXT PRIMARY KEY, user INTEGER REFERENCES user ON DELETE CASCADE, link INTEGER REFERENCES shared_link ON DELETE CASCADE,
  created_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE shared_link(
  id INTEGER PRIMARY KEY AUTOINCREMENT, site INTEGER NOT NULL REFERENCES site ON DELETE CASCADE, name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE, password_hash TEXT, created_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL) STRICT;
INSERT INTO "shared_link" VALUES(1,1,'board','c1528544e04a5959aa5d2e29085a833be49e7f76d7f57facf3940056dc3035ef','$argon2id$v=19$m=65536,t=2,p=1$eTTCej53GgOyRj0jhhfKrA$ADvWPmijpxL7a0FCMGp6A40YoXBq9LW6lcgdw1ifKM8',1790000000000,0);
CREATE TABLE site(
  id INTEGER PRIMARY KEY AUTOINCREMENT, domain TEXT NOT NULL UNIQUE, umami_id TEXT NOT NULL UNIQUE, time_zone TEXT NOT NULL,
  mode INTEGER NOT NULL, retention_days INTEGER NOT NULL, k_threshold INTEGER NOT NULL, created_ms INTEGER NOT NULL) STRICT;
INSERT INTO "site" VALUES(1,'example.org','6f6a2d0e-0000-4000-8000-000000000001','Europe/Paris',0,760,5,1790000000000);
INSERT INTO "site" VALUES(2,'other.example','6f6a2d0e-0000-4000-8000-000000000002','UTC',1,760,5,0);
CREATE TABLE site_host(host TEXT PRIMARY KEY, site INTEGER NOT NULL REFERENCES site ON DELETE CASCADE) STRICT, WITHOUT ROWID;
INSERT INTO "site_host" VALUES('blog.example.org',1);
CREATE TABLE site_parameter(
  site INTEGER NOT NULL REFERENCES site ON DELETE CASCADE, name TEXT NOT NULL, PRIMARY KEY (site, name)) STRICT, WITHOUT ROWID;
INSERT INTO "site_parameter" VALUES(1,'id');
CREATE TABLE user(
  id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password_hash TEXT NOT NULL,
  administrator INTEGER NOT NULL, totp_secret BLOB, totp_pending BLOB, totp_step INTEGER NOT NULL DEFAULT 0,
  created_ms INTEGER NOT NULL, last_login_ms INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO "user" VALUES(1,'ada@example.org','Ada','$argon2id$v=19$m=65536,t=2,p=1$3urVeLJSLGhSy1OdckEipA$cKbB4ZDT316lhS8zlf1ANx3+rRLd/NUTXrAmwaAeexs',1,NULL,NULL,0,1790000000000,0);
CREATE INDEX site_host_site ON site_host(site);
CREATE INDEX role_site ON role(site);
CREATE INDEX api_key_site ON api_key(site);
CREATE INDEX shared_link_site ON shared_link(site);
CREATE INDEX session_user ON session(user);
CREATE INDEX session_link ON session(link);
CREATE INDEX session_created ON session(created_ms);
CREATE INDEX attempt_subject ON attempt(subject);
CREATE INDEX attempt_instant ON attempt(instant_ms);
CREATE INDEX channel_rule_site ON channel_rule(site, position);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('site',2);
INSERT INTO "sqlite_sequence" VALUES('user',1);
INSERT INTO "sqlite_sequence" VALUES('api_key',1);
INSERT INTO "sqlite_sequence" VALUES('shared_link',1);
INSERT INTO "sqlite_sequence" VALUES('channel_rule',2);
INSERT INTO "sqlite_sequence" VALUES('audit',1);
COMMIT;
PRAGMA user_version=1;
