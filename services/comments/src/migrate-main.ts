import { runMigrations } from "@triptych/chassis/database/migrations/run-migrations";
import { MIGRATIONS } from "./migrations.ts";

runMigrations({ service: "comments", migrations: MIGRATIONS });
