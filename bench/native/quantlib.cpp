// QuantLib's Monte Carlo, bumped and revalued.
//
//   quantlib greeks MODEL PRODUCT PATHS REPLICATES   per Greek: CPU seconds of one estimate from PATHS paths, and its standard
//                                                    error, from the spread of REPLICATES estimates with seeds of their own
//   quantlib book MODEL TRADES PATHS                 CPU seconds to value one digital, and TRADES digitals on the same paths
//
// MODEL is black-scholes or heston (quadratic-exponential, a step per month), PRODUCT digital or barrier (up and out, 12 dates).
// Differences are central, with the same random numbers on both sides, by 1 % of the spot and 0.01 of volatility.
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <map>
#include <string>
#include <vector>
#include <ql/math/randomnumbers/rngtraits.hpp>
#include <ql/methods/montecarlo/multipathgenerator.hpp>
#include <ql/methods/montecarlo/pathgenerator.hpp>
#include <ql/processes/blackscholesprocess.hpp>
#include <ql/processes/hestonprocess.hpp>
#include <ql/quotes/simplequote.hpp>
#include <ql/settings.hpp>
#include <ql/termstructures/volatility/equityfx/blackconstantvol.hpp>
#include <ql/termstructures/yield/flatforward.hpp>
#include <ql/time/calendars/nullcalendar.hpp>
#include <ql/time/daycounters/actual365fixed.hpp>

using namespace QuantLib;

const double SPOT = 100, STRIKE = 100, BARRIER = 130, RATE = 0.03, YIELD = 0.01, VOLATILITY = 0.2, YEARS = 1;
const Size DATES = 12;

struct Bump {
    double spot = 0, volatility = 0;
};
using Payoff = std::function<double(const Path&)>;

double digitalAt(double strike, const Path& path) { return path.back() > strike ? 1.0 : 0.0; }

double barrier(const Path& path) {
    for (Size k = 1; k < path.length(); k++)
        if (path[k] >= BARRIER) return 0;
    return std::max(path.back() - STRIKE, 0.0);
}

template <class Generator, class PathOf>
std::vector<double> average(Generator generator, PathOf pathOf, const std::vector<Payoff>& payoffs, Size paths) {
    std::vector<double> sums(payoffs.size(), 0.0);
    for (Size i = 0; i < paths; i++) {
        const Path& path = pathOf(generator.next().value);
        for (Size t = 0; t < payoffs.size(); t++) sums[t] += payoffs[t](path);
    }
    for (double& sum : sums) sum *= std::exp(-RATE * YEARS) / double(paths);
    return sums;
}

std::vector<double> prices(const std::string& model, Size steps, Bump bump, const std::vector<Payoff>& payoffs, Size paths, BigNatural seed) {
    const Date today = Settings::instance().evaluationDate();
    const DayCounter days = Actual365Fixed();
    const Handle<Quote> spot(ext::make_shared<SimpleQuote>(SPOT + bump.spot));
    const Handle<YieldTermStructure> rate(ext::make_shared<FlatForward>(today, RATE, days));
    const Handle<YieldTermStructure> yield(ext::make_shared<FlatForward>(today, YIELD, days));
    const double volatility = VOLATILITY + bump.volatility;
    if (model == "black-scholes") {
        const Handle<BlackVolTermStructure> surface(ext::make_shared<BlackConstantVol>(today, NullCalendar(), volatility, days));
        const auto process = ext::make_shared<BlackScholesMertonProcess>(spot, yield, rate, surface);
        const auto numbers = PseudoRandom::make_sequence_generator(steps, seed);
        return average(PathGenerator<PseudoRandom::rsg_type>(process, YEARS, steps, numbers, false),
                       [](const Path& path) -> const Path& { return path; }, payoffs, paths);
    }
    // The volatility moves √v0 and √θ together.
    const double variance = volatility * volatility;
    const auto process = ext::make_shared<HestonProcess>(rate, yield, spot, variance, 1.5, variance, 0.5, -0.7, HestonProcess::QuadraticExponentialMartingale);
    const auto numbers = PseudoRandom::make_sequence_generator(2 * steps, seed);
    return average(MultiPathGenerator<PseudoRandom::rsg_type>(process, TimeGrid(YEARS, steps), numbers, false),
                   [](const MultiPath& path) -> const Path& { return path[0]; }, payoffs, paths);
}

double cpuSeconds(const std::function<void()>& run) {
    const std::clock_t start = std::clock();
    run();
    return double(std::clock() - start) / CLOCKS_PER_SEC;
}

int main(int count, char** arguments) {
    const std::vector<std::string> words(arguments + 1, arguments + count);
    if (words.size() < 4) {
        std::fprintf(stderr, "usage: quantlib greeks MODEL PRODUCT PATHS REPLICATES | quantlib book MODEL TRADES PATHS\n");
        return 2;
    }
    Settings::instance().evaluationDate() = Date(1, January, 2026);
    const std::string model = words[1];
    const bool isDigital = words[0] == "book" || words[2] == "digital";
    const Size steps = model == "black-scholes" && isDigital ? 1 : DATES;

    if (words[0] == "book") {
        const Size trades = std::stoul(words[2]), paths = std::stoul(words[3]);
        std::vector<Payoff> book;
        for (Size t = 0; t < trades; t++) {
            const double strike = 80 + 40 * (t + 0.5) / trades;
            book.push_back([strike](const Path& path) { return digitalAt(strike, path); });
        }
        const std::vector<Payoff> one(1, book.front());
        std::printf("%.6f ", cpuSeconds([&] { prices(model, steps, Bump(), one, paths, 1); }));
        std::printf("%.6f\n", cpuSeconds([&] { prices(model, steps, Bump(), book, paths, 1); }));
        return 0;
    }

    const Size paths = std::stoul(words[3]), replicates = std::stoul(words[4]);
    const std::vector<Payoff> payoff(1, isDigital ? Payoff([](const Path& path) { return digitalAt(STRIKE, path); }) : Payoff(barrier));
    const double h = 0.01 * SPOT, e = 0.01;
    const auto price = [&](double spot, double volatility, BigNatural seed) {
        Bump bump;
        bump.spot = spot;
        bump.volatility = volatility;
        return prices(model, steps, bump, payoff, paths, seed)[0];
    };
    const std::vector<std::pair<std::string, std::function<double(BigNatural)>>> greeks = {
        {"delta", [&](BigNatural seed) { return (price(h, 0, seed) - price(-h, 0, seed)) / (2 * h); }},
        {"gamma", [&](BigNatural seed) { return (price(h, 0, seed) - 2 * price(0, 0, seed) + price(-h, 0, seed)) / (h * h); }},
        {"vega", [&](BigNatural seed) { return (price(0, e, seed) - price(0, -e, seed)) / (2 * e); }}};
    for (const auto& greek : greeks) {
        double sum = 0, square = 0;
        const double seconds = cpuSeconds([&] {
            for (BigNatural seed = 1; seed <= replicates; seed++) {
                const double estimate = greek.second(seed);
                sum += estimate;
                square += estimate * estimate;
            }
        });
        const double mean = sum / replicates;
        const double deviation = std::sqrt((square - replicates * mean * mean) / (replicates - 1));
        std::printf("%s %.9g %.6g %.6f\n", greek.first.c_str(), mean, deviation, seconds / replicates);
    }
    return 0;
}
