// check_pictures FILE.svg...: says what is wrong with pictures; exit 1 where something is.
#include "charts/picture.h"

#include <stdio.h>

int main(int argc, char *argv[])
{
    struct text faults = {0};
    bool is_good = true;
    for (int i = 1; i < argc; i++)
        is_good &= picture_check(argv[i], &faults);
    fputs(text_string(&faults), stdout);
    text_clear(&faults);
    if (is_good)
        printf("%d pictures, nothing wrong\n", argc - 1);
    return !is_good;
}
