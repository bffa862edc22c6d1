// Package config turns a file, the environment and the command line into one
// validated Config. It is the only place that knows keys, files and variables;
// everything else is given structs.
//
// Sources, each overriding the ones before: the defaults, the YAML file,
// PARLEY_ variables, flags. Reading is strict. An unknown key, a wrong type, an
// impossible value: each is a Problem that says where it stands, all of them
// are reported at once, and there is a Config only when there is none.
package config
