import { runMigrations } from "@triptych/chassis/database/migrations/run-migrations";
import { MIGRATIONS } from "./migrations.ts";

runMigrations({ service: "users", migrations: MIGRATIONS });
