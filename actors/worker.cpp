#include "actors/worker.hpp"

#include "actors/partition.hpp"

namespace thespis::actors {

worker::~worker() {
  outlived_references(*this);
}

caf::behavior worker::make_behavior() {
  return {[this](const go_on_elsewhere& task) {
    const turn now{this};
    plain_stopover here{nullptr, keyspace::place::worker};
    task.whose->go_on(task, here);
  }};
}

} // namespace thespis::actors
