#include "trainers/module.h"

namespace lithe {
namespace {

constexpr TrainersModule kModule{train_classifier, evaluate_model, measure_training,
                                 evaluation_page,  adapt_drt,      adapt_covnorm};

}  // namespace

const TrainersModule* lithe_trainers_module() { return &kModule; }

}  // namespace lithe
