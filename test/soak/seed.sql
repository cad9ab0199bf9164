CREATE CATALOG IF NOT EXISTS main;
CREATE SCHEMA main.soak;
CREATE TABLE main.soak.visits (who STRING, n BIGINT);
INSERT INTO main.soak.visits
  SELECT concat(names.name, '@acme.test'), id FROM range(200) CROSS JOIN
    (VALUES ('ana'), ('ben'), ('cleo'), ('dan'), ('eve'), ('finn'), ('gus'), ('hana')) AS names(name);
CREATE FUNCTION main.soak.mine(who STRING) RETURN who = current_user();
ALTER TABLE main.soak.visits SET ROW FILTER main.soak.mine ON (who);
GRANT USE CATALOG ON CATALOG main TO `account users`;
GRANT USE SCHEMA ON SCHEMA main.soak TO `account users`;
GRANT SELECT ON TABLE main.soak.visits TO `account users`;
