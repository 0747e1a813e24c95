# sum.awk LOG: one pass that only sums, per queue and day and per agent and day; nothing is kept.
# The baseline of benches/import.rs for what reading alone costs.
BEGIN { FS = "|" }
$5 == "ENTERQUEUE" { offered[$3, int($1 / 86400)]++ }
$5 == "CONNECT" { answered[$3, int($1 / 86400)]++; wait[$3, int($1 / 86400)] += $6 }
$5 == "COMPLETEAGENT" || $5 == "COMPLETECALLER" { taken[$4, int($1 / 86400)]++; talk[$4, int($1 / 86400)] += $7 }
$5 == "BLINDTRANSFER" || $5 == "TRANSFER" { taken[$4, int($1 / 86400)]++; talk[$4, int($1 / 86400)] += $9 }
$5 == "ABANDON" || $5 == "EXITWITHTIMEOUT" || $5 == "EXITWITHKEY" || $5 == "EXITEMPTY" { lost[$3, int($1 / 86400)]++ }
$5 == "RINGNOANSWER" { missed[$4, int($1 / 86400)]++ }
$5 == "PAUSEALL" { paused[$4] = $1 }
$5 == "UNPAUSEALL" && $4 in paused { pause[$4, int($1 / 86400)] += $1 - paused[$4]; delete paused[$4] }
END {
  for (key in offered) calls += offered[key]
  for (key in talk) secs += talk[key]
  print calls, secs
}
