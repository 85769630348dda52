#!/bin/sh
# A folder of src/ may include only itself and the folders before it in this list.
set -eu
cd "$(dirname "$0")/../src"
layers="base equation model program result run analysis report cli"
bad=0
for folder in $layers; do
    allowed=""
    for layer in $layers; do
        allowed="$allowed $layer"
        [ "$layer" = "$folder" ] && break
    done
    for file in $(find "$folder" -type f); do
        for included in $(sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$file" | sort -u); do
            case " $allowed " in
            *" $included "*) ;;
            *) echo "$file includes $included/, which is above it"; bad=1 ;;
            esac
        done
    done
done
exit $bad
