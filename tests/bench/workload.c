// The tables of the reference workload.
#include "workload.h"

struct curve pollution_effect, cost, fertility, mortality, deforestation, absorption;

void curve_set(struct curve *curve, int n, double per_unit, const double (*points)[2])
{
    curve->n = n;
    curve->per_unit = per_unit;
    for (int i = 0; i < n; i++) {
        int from = i < n - 1 ? i : n - 2;
        curve->x[i] = points[i][0];
        curve->b[i] =
            (points[from + 1][1] - points[from][1]) / (points[from + 1][0] - points[from][0]);
        curve->a[i] = points[from][1] - curve->b[i] * points[from][0];
    }
}

void curves_set(void)
{
    curve_set(&pollution_effect, 9, 2,
              (const double[][2]){{0, 1},
                                  {0.5, 0.998},
                                  {1, 0.99},
                                  {1.5, 0.975},
                                  {2, 0.95},
                                  {2.5, 0.92},
                                  {3, 0.88},
                                  {3.5, 0.83},
                                  {4, 0.77}});
    curve_set(&cost, 11, 10,
              (const double[][2]){{0, 6},
                                  {0.1, 4.2},
                                  {0.2, 3.1},
                                  {0.3, 2.4},
                                  {0.4, 1.9},
                                  {0.5, 1.6},
                                  {0.6, 1.4},
                                  {0.7, 1.25},
                                  {0.8, 1.12},
                                  {0.9, 1.05},
                                  {1, 1}});
    curve_set(&fertility, 8, 0,
              (const double[][2]){{0, 1.5},
                                  {0.25, 1.4},
                                  {0.5, 1.25},
                                  {1, 1},
                                  {1.5, 0.86},
                                  {2.5, 0.72},
                                  {4, 0.62},
                                  {6, 0.55}});
    curve_set(&mortality, 9, 0,
              (const double[][2]){{0, 3},
                                  {0.3, 2.1},
                                  {0.6, 1.5},
                                  {1, 1},
                                  {1.6, 0.8},
                                  {2.4, 0.7},
                                  {3.5, 0.63},
                                  {5, 0.6},
                                  {8, 0.58}});
    curve_set(&deforestation, 7, 2,
              (const double[][2]){
                  {0, 1.6}, {0.5, 1.3}, {1, 1}, {1.5, 0.7}, {2, 0.5}, {2.5, 0.35}, {3, 0.25}});
    curve_set(&absorption, 8, 0,
              (const double[][2]){
                  {0, 10}, {0.5, 12}, {1, 15}, {1.5, 18.5}, {2, 22}, {3, 29}, {4, 36}, {6, 50}});
}
