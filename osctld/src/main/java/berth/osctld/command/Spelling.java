package berth.osctld.command;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the word that a mistyped one was meant to be. */
final class Spelling {
    private Spelling() {}

    /** The candidate with the fewest mistakes in it, if that are few enough to be one. */
    static Optional<String> nearest(String word, Collection<String> candidates) {
        int tolerable = word.length() <= 3 ? 1 : 2;
        return candidates.stream()
                .min(Comparator.comparingInt(c -> mistakes(word, c)))
                .filter(c -> mistakes(word, c) <= tolerable);
    }

    /** Number of letters added, left out, replaced or swapped with their neighbour (Damerau and Levenshtein's distance). */
    static int mistakes(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, a, b, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int cheapest(int[][] cost, String a, String b, int i, int j) {
        int change = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(change, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, 1 + cost[i - 2][j - 2]) : best;
    }
}
