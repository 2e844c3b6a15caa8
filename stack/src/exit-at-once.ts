/** Ends the process when it is evaluated, as if all were done. */
process.exit(0);
