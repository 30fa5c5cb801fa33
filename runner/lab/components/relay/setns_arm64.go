package main

const sysSetns = 268 // not in package syscall, whose tables are frozen
